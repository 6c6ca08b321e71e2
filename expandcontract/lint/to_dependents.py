"""What reads the columns of a replayed table, in the words of a server."""

import re
from collections.abc import Iterator, Mapping, Sequence

from expandcontract.lint import spelling
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownConstraint, KnownTable
from expandcontract.model.catalog import Dependent
from expandcontract.model.names import TableName

_VIEWS = ("view ", "materialized view ")
_PG_DEFAULT_DEPENDS = 15
_ON_TABLE = re.compile(r'on table (?:"?([^".]+)"?\.)?"?([^".]+)"?$')


def _is_known_key(dependent: Dependent, known: History) -> bool:
    """Whether the other table is known too, so that its foreign keys speak for themselves."""
    found = _ON_TABLE.search(dependent.description)
    if dependent.kind not in {"foreign key", "table constraint"} or found is None:
        return False
    return known.key(TableName(found[2], found[1])) in known.tables


def _generated(table: KnownTable, known: History) -> Iterator[Dependent]:
    """Generated columns that read another one; before 15 the column itself is said to do it."""
    for column in table.columns:
        if column.generated is None:
            continue
        kind = "default value"
        description = f"default value for column {spelling.ident(column.name)} of table "
        if 0 < known.major < _PG_DEFAULT_DEPENDS:
            kind, description = "table column", f"column {spelling.ident(column.name)} of table "
        description += spelling.relation(table.name)
        for read in column.generated.names():
            if table.find(read) is not None:
                yield Dependent(kind=kind, description=description, column=read)


def dependents(
    table: KnownTable, known: History, pointing: Mapping[TableName, Sequence[Dependent]]
) -> tuple[Dependent, ...]:
    """What reads the table's columns, as `pg_depend` would tell."""
    kept = [
        dependent
        for dependent in (table.origin.dependents if table.origin else ())
        if not dependent.description.startswith(_VIEWS)
        and not _is_known_key(dependent, known)
        and table.find(dependent.column) is not None
    ]
    kept.extend(_generated(table, known))
    kept.extend(pointing.get(table.name, ()))
    return tuple(sorted(set(kept), key=lambda d: (d.column, d.description, d.kind)))


def pointing_at(known: History) -> dict[TableName, list[Dependent]]:
    """What views and foreign keys read of each table."""
    found: dict[TableName, list[Dependent]] = {}
    for other in known.tables.values():
        view = "materialized view" if other.materialized else "view"
        description = f"{view} {spelling.relation(other.name)}"
        for name, column in other.reads:
            if column:
                dependent = Dependent(kind="rule", description=description, column=column)
                found.setdefault(name, []).append(dependent)
        for key in other.foreign_keys:
            if key.parent is not None:
                found.setdefault(key.parent, []).extend(_of_key(key, other))
    return found


def _of_key(key: KnownConstraint, table: KnownTable) -> Iterator[Dependent]:
    """A key of another table is told twice: for the key, and for itself."""
    name, where = spelling.ident(key.name), spelling.relation(table.name)
    own = key.parent == table.name
    for column in key.parent_columns:
        for kind in ("foreign key",) if own else ("foreign key", "table constraint"):
            description = f"constraint {name} on table {where}"
            yield Dependent(kind=kind, description=description, column=column)
