"""Indexes and constraints of a twin take over the names of the originals, and give them back."""

from collections.abc import Iterator

from expandcontract.changes._carrying import CarriedCheck, CarriedIndex
from expandcontract.ddl import constraints, indexes
from expandcontract.model.names import TableName
from expandcontract.model.statement import Statement


def take_names(
    table: TableName, carried: tuple[CarriedIndex, ...], checks: tuple[CarriedCheck, ...]
) -> Iterator[Statement]:
    """Once the originals are gone, their names and comments pass to the twins."""
    for index in carried:
        yield from _take_index_name(table, index)
    for check in checks:
        yield constraints.rename(table, check.twin.name, check.original.name)
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
    for check in checks:
        yield constraints.rename(table, check.original.name, check.twin.name)
