"""The swap of a table and its partitioned copy: names, indexes, sequences; and the same back."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes._carrying import helper
from expandcontract.changes._parted import OWNERS, Swap
from expandcontract.ddl import constraints, indexes, mirroring, sequences, tables
from expandcontract.model.catalog import Column, Constraint
from expandcontract.model.names import TableName
from expandcontract.model.statement import Statement


def forwards(swap: Swap) -> Iterator[Statement]:
    """The partitioned table takes the name, and is mirrored back."""
    yield tables.lock_exclusively(swap.name)
    yield from mirroring.drop(swap.mirror(back=False))
    yield tables.rename(swap.name, swap.archive.name)
    yield tables.rename(swap.copy, swap.name.name)
    for name, owner in _indexes(swap):
        yield _index_named(swap.archive, name, swap.old(name), owner)
        yield _index_named(swap.name, swap.new(name), name, owner)
    for column in swap.table.columns:
        yield from _sequence_forwards(swap, column)
    yield from mirroring.create(swap.mirror(back=True))


def backwards(swap: Swap) -> Iterator[Statement]:
    """The old table takes its name back, and is mirrored on."""
    yield tables.lock_exclusively(swap.name)
    yield from mirroring.drop(swap.mirror(back=True))
    for column in swap.table.columns:
        yield from _sequence_backwards(swap, column)
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


def _sequence_forwards(swap: Swap, column: Column) -> Iterator[Statement]:
    """A serial's goes along; an identity's is made anew, and goes on where the old one stands."""
    if column.sequence is None:
        return
    own, new, old = _sequence_names(swap, column)
    if not column.identity:
        yield sequences.own(own, swap.name, column.name)
        return
    like = replace(column.sequence, name=new)
    yield sequences.add_identity(swap.name, column.name, column.identity, like, like.type)
    yield sequences.go_on_from(new, own)
    yield sequences.rename(own, old.name)
    yield sequences.rename(new, own.name)


def _sequence_backwards(swap: Swap, column: Column) -> Iterator[Statement]:
    if column.sequence is None:
        return
    own, _, old = _sequence_names(swap, column)
    if not column.identity:
        yield sequences.own(own, swap.archive, column.name)
        return
    yield sequences.go_on_from(old, own)
    yield sequences.drop_identity(swap.name, column.name)
    yield sequences.rename(old, own.name)


def _sequence_names(swap: Swap, column: Column) -> tuple[TableName, TableName, TableName]:
    """The name of the sequence, and those that its new and its old one have meanwhile."""
    if column.sequence is None:
        raise AssertionError
    own = column.sequence.name
    new, old = (TableName(helper(swap.key, kind, own.name), own.schema) for kind in "st")
    return own, new, old
