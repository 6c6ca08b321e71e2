"""Indexes and constraints of a twin take over the names of the originals, and give them back."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes._carrying import CarriedCheck, CarriedIndex
from expandcontract.ddl import constraints, indexes, probes
from expandcontract.model.names import TableName
from expandcontract.model.statement import Statement


def take_names(
    table: TableName, carried: tuple[CarriedIndex, ...], checks: tuple[CarriedCheck, ...]
) -> Iterator[Statement]:
    """Once the originals are gone, their names and comments pass to the twins."""
    for index in carried:
        yield from _take_index_name(table, index)
        for part, original, twin in index.parts:
            yield _renamed(part, twin, original)
    for check in checks:
        yield from _renamed_check(table, check, check.twin.name, check.original.name)
        if check.original.comment is not None:
            yield constraints.comment(table, check.original.name, check.original.comment)


def _take_index_name(table: TableName, index: CarriedIndex) -> Iterator[Statement]:
    if index.constraint is None:
        yield indexes.rename(table, index.twin.name, index.original.name)
    else:
        name = index.constraint.name
        yield constraints.rename(table, index.twin.name, name)
        if index.constraint.comment is not None:
            yield constraints.comment(table, name, index.constraint.comment)
    if index.original.comment is not None:
        yield indexes.comment(table, index.original.name, index.original.comment)


def give_names_back(
    table: TableName, carried: tuple[CarriedIndex, ...], checks: tuple[CarriedCheck, ...]
) -> Iterator[Statement]:
    """Free the names for the originals, which are about to be made again."""
    for index in carried:
        if index.constraint is None:
            yield indexes.rename(table, index.original.name, index.twin.name)
        else:
            yield constraints.rename(table, index.constraint.name, index.twin.name)
        for part, original, twin in index.parts:
            yield _renamed(part, original, twin)
    for check in checks:
        yield from _renamed_check(table, check, check.original.name, check.twin.name)


def _renamed(part: TableName, name: str, to: str) -> Statement:
    """A partition's index, if the partition is still there."""
    return replace(indexes.rename(part, name, to), only_when=probes.index_exists(part, name))


def _renamed_check(
    table: TableName, check: CarriedCheck, name: str, to: str
) -> Iterator[Statement]:
    yield constraints.rename(table, name, to)
    if check.is_on_parts:
        yield constraints.rename_on_parts(table, name, to)
