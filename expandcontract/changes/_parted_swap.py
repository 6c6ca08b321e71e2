"""The swap of a table and its partitioned copy: names, indexes, sequences; and the same back."""

from collections.abc import Iterator

from expandcontract.changes._parted import OWNERS, Swap
from expandcontract.ddl import constraints, indexes, mirroring, sequences, tables
from expandcontract.model.catalog import Constraint
from expandcontract.model.names import TableName
from expandcontract.model.statement import Statement

ROOM = 1000
"""So many numbers can still be taken by those who wait while the sequences change places."""


def forwards(swap: Swap) -> Iterator[Statement]:
    """The partitioned table takes the name, and is mirrored back."""
    yield tables.lock_exclusively(swap.name)
    yield from mirroring.drop(swap.mirror(back=False))
    yield tables.rename(swap.name, swap.archive.name)
    yield tables.rename(swap.copy, swap.name.name)
    for name, owner in _indexes(swap):
        yield _index_named(swap.archive, name, swap.old(name), owner)
        yield _index_named(swap.name, swap.new(name), name, owner)
    yield from _owned(swap, swap.name)
    yield from _numbered(swap, back=False)
    yield from mirroring.create(swap.mirror(back=True))


def backwards(swap: Swap) -> Iterator[Statement]:
    """The old table takes its name back, and is mirrored on."""
    yield tables.lock_exclusively(swap.name)
    yield from mirroring.drop(swap.mirror(back=True))
    yield from _owned(swap, swap.archive)
    yield from _numbered(swap, back=True)
    for name, owner in _indexes(swap):
        yield _index_named(swap.name, name, swap.new(name), owner)
        yield _index_named(swap.archive, swap.old(name), name, owner)
    yield tables.rename(swap.name, swap.copy.name)
    yield tables.rename(swap.archive, swap.name.name)
    yield from mirroring.create(swap.mirror(back=False))


def _indexes(swap: Swap) -> Iterator[tuple[str, Constraint | None]]:
    owners = {c.name: c for c in swap.table.constraints if c.kind in OWNERS}
    for index in swap.table.indexes:
        yield index.name, owners.get(index.constraint or "")


def _index_named(table: TableName, name: str, to: str, owner: Constraint | None) -> Statement:
    if owner is None:
        return indexes.rename(table, name, to)
    return constraints.rename(table, name, to)


def _owned(swap: Swap, table: TableName) -> Iterator[Statement]:
    """A serial's sequence goes along with the name."""
    for column in swap.table.columns:
        if column.sequence is not None and not column.identity:
            yield sequences.own(column.sequence.name, table, column.name)


def _numbered(swap: Swap, *, back: bool) -> Iterator[Statement]:
    """An identity's sequence cannot change tables, so that two take turns with the name.

    Who asked for a number by that name, and waits for us, gets it from the one that had the name:
    both stand until one of the tables is dropped, and the other one leaves room for such numbers.
    """
    waits, leads = (swap.name, swap.archive) if back else (swap.archive, swap.name)
    for column, when, sequence in swap.identities:
        waiting, retired = swap.waiting(sequence), swap.retired(sequence)
        own, kept, fresh = sequence.name, *((waiting, retired) if back else (retired, waiting))
        yield sequences.go_on_beyond(fresh, own, sequence, ROOM)
        yield sequences.rename(own, kept.name)
        yield sequences.rename(fresh, own.name)
        if when == "always":
            yield sequences.generate(waits, column, "by default")
            yield sequences.generate(leads, column, when)
