"""Questions for the rows that keep a constraint from being proved: a bounded sample, as texts."""

import re

from expandcontract.model.catalog import Constraint, ConstraintKind, Table
from expandcontract.model.names import TableName, quoted

SOME = 5
"""Enough to see what they have in common, and few enough for one line."""

NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_NAMES = rf"{NAME}(?:, {NAME})*"
REFERS = re.compile(rf"FOREIGN KEY \({_NAMES}\) REFERENCES ((?:{NAME}\.)?{NAME})\(({_NAMES})\)")
_AFTER_CHECK = re.compile(r"( NO INHERIT| NOT VALID| NOT ENFORCED)+$")


def rows_where(table: Table, condition: str) -> str:
    """Rows for which an expression is true, by their key."""
    return f"SELECT {_key(table)} FROM {table.name} AS t WHERE {condition} LIMIT {SOME}"


def duplicates(table: Table, columns: tuple[str, ...], *, nulls_too: bool = False) -> str:
    """Values that more than one row has."""
    names = ", ".join(quoted(column) for column in columns)
    values = ", ".join(f"{quoted(column)}::text" for column in columns)
    given = (
        "" if nulls_too else " WHERE " + " AND ".join(f"{quoted(c)} IS NOT NULL" for c in columns)
    )
    return (
        f"SELECT concat_ws(', ', {values}) || ' (' || count(*) || ' rows)' FROM {table.name}{given}"
        f" GROUP BY {names} HAVING count(*) > 1 LIMIT {SOME}"
    )


def orphans(
    table: Table, columns: tuple[str, ...], to: TableName, to_columns: tuple[str, ...]
) -> str:
    """Rows that refer to a row that is not there, by what they refer to."""
    values = ", ".join(f"t.{quoted(column)}::text" for column in columns)
    given = " AND ".join(f"t.{quoted(column)} IS NOT NULL" for column in columns)
    same = " AND ".join(
        f"r.{quoted(theirs)} = t.{quoted(ours)}"
        for ours, theirs in zip(columns, to_columns, strict=True)
    )
    return (
        f"SELECT concat_ws(', ', {values}) FROM {table.name} AS t WHERE {given}"
        f" AND NOT EXISTS (SELECT FROM {to} AS r WHERE {same}) LIMIT {SOME}"
    )


def breaking(table: Table, constraint: Constraint) -> str:
    """Rows that break a check or a foreign key as the server spells it; empty: not known."""
    if constraint.kind is ConstraintKind.CHECK:
        text = _AFTER_CHECK.sub("", constraint.definition)
        return rows_where(table, f"NOT {text.removeprefix('CHECK ')}")
    if (found := REFERS.match(constraint.definition)) is None:
        return ""
    theirs = tuple(
        name[1:-1].replace('""', '"') if name.startswith('"') else name
        for name in re.findall(NAME, found[2])
    )
    return orphans(table, constraint.columns, TableName.parse(found[1]), theirs)


def _key(table: Table) -> str:
    key = table.key()
    if key is None:
        return "t.ctid::text"
    values = ", ".join(f"t.{quoted(part.column or '')}::text" for part in key.keys)
    return f"concat_ws(', ', {values})"
