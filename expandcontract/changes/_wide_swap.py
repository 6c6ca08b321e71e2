"""The swap of one table of a widened key: the twins take every name, and the sequence."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes._carrying import (
    CarriedCheck,
    CarriedIndex,
    carried_not_null,
    helper,
)
from expandcontract.changes._restoring import again, before
from expandcontract.changes._wide_part import WIDE, Part
from expandcontract.ddl import columns, constraints, indexes, sequences, wide_twins
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Dependent
from expandcontract.model.names import TableName, short_hash
from expandcontract.model.statement import Statement


def let_go(part: Part) -> Iterator[Statement]:
    """The trigger and the old references, which hold the key."""
    if part.pairs:
        yield from wide_twins.drop(part.widening)
    for reference in part.references:
        yield constraints.drop(part.name, reference.original.name)


def swap(part: Part) -> Iterator[Statement]:
    """The twins take the place of the columns, with all names."""
    for column, twin in part.pairs:
        yield from _hand_over_sequence(part, column, twin)
        yield from _exchange(part, column, twin)
        yield from _name_sequence(column)
        if column.default is not None:
            yield columns.set_default(part.name, column.name, column.default)
    for index in part.indexes:
        yield from _take_over(part, index)
    for check in _held(part):
        yield from _named(part, check.twin.name, check.original)
    for reference in part.references:
        yield from _named(part, reference.twin, reference.original)


def _exchange(part: Part, column: Column, twin: str) -> Iterator[Statement]:
    """The twin under the column's name, and what reads the column on the twin."""
    stays = tuple(reader for reader in part.readers(column) if not reader.drop)
    if not stays:
        yield columns.drop(part.name, column.name)
        yield columns.rename(part.name, twin, column.name)
        return
    gone = helper(part.key, "t", column.name)
    yield columns.rename(part.name, column.name, gone)
    yield columns.rename(part.name, twin, column.name)
    yield from again(stays, part.table, retyped=True)
    yield columns.drop(part.name, gone)


def taken(parts: tuple[Part, ...]) -> Iterator[Statement]:
    """Views and statistics, each once though it reads several columns: they go first."""
    for part, found in _dropped(parts):
        yield from before(found, part.table, retyped=True)


def given_back(parts: tuple[Part, ...]) -> Iterator[Statement]:
    """The same when every column and key has its place."""
    for part, found in _dropped(parts):
        yield from again(found, part.table, retyped=True)


def _dropped(parts: tuple[Part, ...]) -> Iterator[tuple[Part, tuple[Dependent, ...]]]:
    seen: set[str] = set()
    for part in parts:
        for column, _ in part.pairs:
            readers = part.readers(column)
            found = tuple(r for r in readers if r.drop and r.description not in seen)
            seen |= {reader.description for reader in found}
            yield part, found


def _held(part: Part) -> Iterator[CarriedCheck]:
    yield from part.checks
    for column, _ in part.pairs:
        found = carried_not_null(part.table, column.name, short_hash(part.key, column.name))
        if found is not None:
            yield found


def _named(part: Part, twin: str, original: Constraint) -> Iterator[Statement]:
    yield constraints.rename(part.name, twin, original.name)
    if original.comment is not None:
        yield constraints.comment(part.name, original.name, original.comment)


def _take_over(part: Part, index: CarriedIndex) -> Iterator[Statement]:
    constraint, name = index.constraint, index.original.name
    if constraint is None:
        yield indexes.rename(part.name, index.twin.name, name)
    else:
        attach = (
            constraints.add_primary_key_using
            if constraint.kind is ConstraintKind.PRIMARY_KEY
            else constraints.add_unique_using
        )
        yield attach(part.name, constraint.name, index.twin.name)
        if constraint.comment is not None:
            yield constraints.comment(part.name, constraint.name, constraint.comment)
    if index.original.comment is not None:
        yield indexes.comment(part.name, name, index.original.comment)


def _between(column: Column) -> TableName:
    """The name of an identity's new sequence while the old one stands."""
    if column.sequence is None:
        raise AssertionError
    name = column.sequence.name
    return TableName(helper(short_hash(name.plain), "s"), name.schema)


def _hand_over_sequence(part: Part, column: Column, twin: str) -> Iterator[Statement]:
    """The sequence goes on where it is: widened, or made again for an identity."""
    if column.sequence is None:
        return
    if not column.identity:
        yield sequences.retype(column.sequence.name, "bigint")
        yield sequences.own(column.sequence.name, part.name, twin)
        return
    between = _between(column)
    like = replace(column.sequence, name=between)
    yield sequences.add_identity(part.name, twin, column.identity, like, WIDE)
    yield sequences.go_on_from(between, column.sequence.name)


def _name_sequence(column: Column) -> Iterator[Statement]:
    if column.sequence is not None and column.identity:
        yield sequences.rename(_between(column), column.sequence.name.name)
        yield from sequences.said_again(column.sequence)
