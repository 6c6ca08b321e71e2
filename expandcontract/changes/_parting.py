"""The steps from a table to a partitioned one, and back."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes import _partitions
from expandcontract.changes._asked_of_whole import comparable, no_more_rights, stays_behind
from expandcontract.changes._parted import OWNERS, Swap
from expandcontract.changes._parted_swap import backwards, forwards
from expandcontract.ddl import (
    columns,
    constraints,
    grants,
    indexes,
    mirroring,
    relation_probes,
    sequences,
    tables,
)
from expandcontract.model.catalog import Column, ConstraintKind, Index, Table
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import WHOLE, Assumption, Plan, Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement


def plan(swap: Swap) -> Plan:
    """Copy, mirror, fill, verify, swap, and the archive dropped."""
    name, open_ = swap.name.plain, swap.finished | swap.swapped
    return Plan(
        steps=(
            _copy_step(swap, open_),
            _mirror_step(swap, open_),
            Step(
                name="copy",
                phase=Phase.BACKFILL,
                summary=f"every row of {name} is in the partitioned table",
                done=open_,
                backfill=swap.fill(swap.name, swap.copy),
            ),
            _verify(swap, "verify", swap.name, swap.copy, open_),
            _verify(swap, "verify the other way", swap.copy, swap.name, open_),
            Step(
                name="swap",
                phase=Phase.SWITCH,
                summary=f"{name} is the partitioned table, and is mirrored into the old one",
                done=open_,
                statements=tuple(forwards(swap)),
                revert=tuple(backwards(swap)),
                reverted=mirroring.stands(swap.mirror(back=False))
                & ~relation_probes.is_partitioned(swap.name),
            ),
            Step(
                name="drop the archive",
                phase=Phase.CONTRACT,
                summary=f"the old table of {name} is gone",
                done=swap.finished,
                statements=(
                    *mirroring.drop(swap.mirror(back=True)),
                    tables.drop(swap.archive),
                ),
            ),
        ),
        assumptions=tuple(_assumptions(swap)),
        claims=((swap.name.plain, WHOLE),),
        notes=tuple(_notes(swap)),
        trials=(
            *comparable(swap.fill(swap.name, swap.copy).key_types, locks=False),
            *stays_behind(swap.table),
            *no_more_rights(swap.table),
        ),
    )


def _assumptions(swap: Swap) -> Iterator[Assumption]:
    either = relation_probes.is_partitioned(swap.name) | relation_probes.is_table(swap.copy)
    for part, _ in swap.parting.partitions:
        name = TableName(part, swap.name.schema)
        yield Assumption(
            text=f"no other relation is called {name.plain}",
            probe=relation_probes.name_is_free(name) | either,
        )
    agree = relation_probes.columns_agree(swap.name, swap.copy)
    yield Assumption(
        text=f"the partitioned table has every column of {swap.name.plain}",
        probe=relation_probes.name_is_free(swap.copy) | agree,
    )


def _notes(swap: Swap) -> Iterator[str]:
    yield "until contract each write is two, the second one in the other table"
    yield "contract drops the old table, and is final"
    stored = [*swap.table.options]
    if swap.table.tablespace is not None:
        stored.append(f"the tablespace {swap.table.tablespace}")
    if stored:
        yield (
            f"each partition gets {', '.join(stored)} as the table has it, unless its text says "
            "how it is stored; so should the ones that you add later"
        )
    else:
        yield "storage parameters and autovacuum settings belong to partitions: set them there"
    yield (
        f"TRUNCATE of {swap.name.plain} is followed, TRUNCATE of one partition is not; "
        "a foreign key to the table can be added after contract"
    )


def _verify(swap: Swap, name: str, walked: TableName, other: TableName, done: Probe) -> Step:
    return Step(
        name=name,
        phase=Phase.SWITCH,
        summary=f"every row of {walked.plain} was compared with {other.plain} and agrees",
        done=done,
        verification=swap.fill(walked, other),
    )


def _copy_step(swap: Swap, open_: Probe) -> Step:
    return Step(
        name="partitioned table",
        phase=Phase.EXPAND,
        summary=f"an empty table like {swap.name.plain} stands, with its partitions",
        done=open_ | relation_probes.is_partitioned(swap.copy),
        statements=tuple(_like(swap)),
        revert=(tables.drop(swap.copy),),
        reverted=relation_probes.name_is_free(swap.copy),
    )


def _mirror_step(swap: Swap, open_: Probe) -> Step:
    mirror = swap.mirror(back=False)
    return Step(
        name="mirror",
        phase=Phase.EXPAND,
        summary=f"what is written to {swap.name.plain} is written to the partitioned table too",
        done=open_ | mirroring.stands(mirror),
        statements=tuple(mirroring.create(mirror)),
        revert=tuple(mirroring.drop(mirror)),
        reverted=~mirroring.stands(mirror),
    )


def _like(swap: Swap) -> Iterator[Statement]:
    """Everything that can be on an empty table; its names are ours until the switch."""
    table, copy = swap.table, swap.copy
    yield tables.create_partitioned(copy, table.name, swap.parting.clause)
    for column in table.columns:
        plain = replace(column, comment=None, storage=None, compression=None)
        yield from columns.properties(copy, column.name, plain)
    for name, _, sequence in swap.identities:
        # By default, since the mirror brings numbers of its own, also to rows that stand.
        own = replace(sequence, name=swap.waiting(sequence))
        yield sequences.add_identity(copy, name, "by default", own, own.type)
        yield from sequences.said_again(own)
    yield from _partitions_of(swap)
    yield from _held(swap)
    if table.comment is not None:
        yield tables.comment(copy, table.comment)
    if table.owner is not None:
        yield tables.give_to(copy, table.owner)
    yield from grants.as_on(table, copy)
    yield from _said_again(swap)


def _partitions_of(swap: Swap) -> Iterator[Statement]:
    for name, bound in swap.parting.partitions:
        part = TableName(name, swap.copy.schema)
        own = _partitions.is_stored_otherwise(bound)
        yield tables.create_partition(
            part,
            swap.copy,
            bound,
            options=() if own else swap.table.options,
            tablespace=None if own else swap.table.tablespace,
        )
        for column in swap.table.columns:
            # A partition takes neither from its parent, and has its own rows analysed.
            measured = Column(
                name=column.name,
                type=column.type,
                statistics=column.statistics,
                options=column.options,
            )
            yield from columns.properties(part, column.name, measured, only=True)
        if swap.table.owner is not None:
            yield tables.give_to(part, swap.table.owner)


def _held(swap: Swap) -> Iterator[Statement]:
    """Keys, foreign keys and indexes, while there are no rows."""
    for constraint in swap.table.constraints:
        if constraint.kind in OWNERS:
            name = swap.new(constraint.name)
            yield constraints.add(swap.copy, name, constraint.definition)
        elif constraint.kind is ConstraintKind.FOREIGN_KEY:
            yield constraints.add(swap.copy, constraint.name, constraint.definition)
    for index in _plain_indexes(swap.table):
        yield indexes.create(swap.copy, replace(index, name=swap.new(index.name)))


def _said_again(swap: Swap) -> Iterator[Statement]:
    """Comments on indexes and on the constraints that LIKE leaves out."""
    for index in swap.table.indexes:
        if index.comment is not None:
            yield indexes.comment(swap.copy, swap.new(index.name), index.comment)
    for constraint in swap.table.constraints:
        is_named = constraint.kind in OWNERS
        if constraint.comment is not None and constraint.kind is not ConstraintKind.CHECK:
            name = swap.new(constraint.name) if is_named else constraint.name
            yield constraints.comment(swap.copy, name, constraint.comment)


def _plain_indexes(table: Table) -> tuple[Index, ...]:
    return tuple(index for index in table.indexes if index.constraint is None)
