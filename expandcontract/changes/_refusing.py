"""Reasons that several kinds have for not starting."""

from collections.abc import Iterable, Iterator

from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Constraint, Index, Table, TableKind

_NO_TABLE = {
    TableKind.VIEW: "a view; name the table that has its rows",
    TableKind.FOREIGN: "a foreign table; run it on the server that has its rows",
    TableKind.OTHER: "no table",
}

PLAIN = frozenset({TableKind.ORDINARY})
WITH_PARTITIONS = frozenset({TableKind.ORDINARY, TableKind.PARTITIONED})


def refuse(what: str, reasons: Iterable[str]) -> None:
    """Raise with all reasons, if there are any."""
    if found := tuple(reasons):
        raise ChangeRefusedError(what, found)


def other_kind(
    table: Table, allowed: frozenset[TableKind] = PLAIN, *, parts: bool = False
) -> Iterator[str]:
    """Why a table of this kind cannot be done; `parts` may be partitions and children."""
    name = table.name.plain
    if table.kind in _NO_TABLE:
        yield no_table(table)
    elif table.kind not in allowed:
        yield f"{name} is a {table.kind} table; only plain tables can be done"
    elif table.inherits and not parts and table.kind is TableKind.ORDINARY:
        yield f"{name} is part of an inheritance tree; do it on the parent"


def no_table(table: Table) -> str:
    """What has the table's name, and what to name in its place."""
    return f"{table.name.plain} is {_NO_TABLE[table.kind]}"


def constraint_of(table: Table, name: str) -> Constraint | None:
    """The table's constraint of that name."""
    return next((one for one in table.constraints if one.name == name), None)


def index_of(table: Table, name: str) -> Index | None:
    """The table's index of that name."""
    return next((one for one in table.indexes if one.name == name), None)


def taken(table: Table, name: str) -> Iterator[str]:
    """Whether the name stands for a constraint or an index already."""
    if constraint_of(table, name) is not None:
        yield f"{table.name.plain} has a constraint {name} already; choose another name"
    elif index_of(table, name) is not None:
        yield f"{table.name.plain} has an index {name} already; choose another name"
