"""Columns of a whole tree: children that define the old one themselves define the new one too."""

from collections.abc import Iterator

from expandcontract.changes._trees import for_part
from expandcontract.ddl import columns, tables
from expandcontract.model.catalog import Column, Table
from expandcontract.model.statement import Statement


def defining(table: Table, like: str) -> tuple[Table, ...]:
    """Children in which the column would stay when the parent's goes; a partition never does."""
    if table.is_partitioned:
        return ()
    found = ((part, part.find(like)) for part in table.parts)
    return tuple(part for part, column in found if column is not None and column.is_local)


def added(table: Table, name: str, column: Column, *, like: str) -> Iterator[Statement]:
    """A column beside the one that it is like: in children first, where it then merges."""
    own = defining(table, like)
    if own:
        yield tables.lock_exclusively(table.name)
    for part in own:
        yield from for_part(table.name, part.name, (columns.add(part.name, name, column),))
    yield columns.add(table.name, name, column)


def dropped(table: Table, name: str, *, like: str) -> Iterator[Statement]:
    """The column from all tables: a child's own stays behind its parent's."""
    yield columns.drop(table.name, name)
    for part in defining(table, like):
        yield from for_part(table.name, part.name, (columns.drop(part.name, name),))


def properties(table: Table, name: str, column: Column, *, like: str) -> Iterator[Statement]:
    """Storage, statistics, comment: each table's own, which are not those of its parent."""
    if not table.parts:
        yield from columns.properties(table.name, name, column)
        return
    yield from columns.properties(table.name, name, column, only=True)
    for part in table.parts:
        if (own := part.find(like)) is not None:
            made = columns.properties(part.name, name, own, only=True)
            yield from for_part(table.name, part.name, made)
