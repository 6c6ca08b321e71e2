"""Questions for the rows that keep a constraint from being proved: a bounded sample, as texts."""

import re

from expandcontract.model.catalog import Constraint, ConstraintKind, Index, IndexKey, Table
from expandcontract.model.names import TableName, quoted

SOME = 5
"""Enough to see what they have in common, and few enough for one line."""

NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_NAMES = rf"{NAME}(?:, {NAME})*"
REFERS = re.compile(rf"FOREIGN KEY \({_NAMES}\) REFERENCES ((?:{NAME}\.)?{NAME})\(({_NAMES})\)")
_COLLATED = re.compile(rf"COLLATE (?:{NAME}\.)?{NAME}")
_WIDEST = 60
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


def the_same(table: Table, index: Index, rows: str) -> str:
    """Rows that are one to a unique index, by its values and two of the table's keys.

    `rows` is what the index is over, or a query in parentheses for what it will be over.
    """
    keys = [(f"zz_ec_{number}", _expression(key)) for number, key in enumerate(index.keys)]
    made = ", ".join(f"{text} AS {name}" for name, text in keys)
    made += f", {_key(table, of='s')} AS zz_ec_row"
    given = f" WHERE {index.predicate}" if index.predicate else ""
    known = " AND ".join(f"{name} IS NOT NULL" for name, _ in keys)
    shown = ", ".join(f"pg_catalog.left({name}::text, {_WIDEST})" for name, _ in keys)
    return (
        f"SELECT pg_catalog.concat_ws(', ', {shown}) || ' (' || pg_catalog.count(*) || ' rows: '"
        " || pg_catalog.min(zz_ec_row) || ' and ' || pg_catalog.max(zz_ec_row) || ')'"
        f" FROM (SELECT {made} FROM {rows} AS s{given}) AS s"
        f" WHERE {'true' if index.nulls_not_distinct else known}"
        f" GROUP BY {', '.join(name for name, _ in keys)} HAVING pg_catalog.count(*) > 1"
        f" LIMIT {SOME}"
    )


def all_the_rows(table: Table) -> str:
    """What an index of the table is over: the children of one that is inherited have their own."""
    return f"ONLY {table.name}" if table.parts and not table.is_partitioned else str(table.name)


def _expression(key: IndexKey) -> str:
    text = f"({key.expression})" if key.column is None else quoted(key.column)
    collated = _COLLATED.match(key.suffix)
    return f"{text} {collated[0]}" if collated else text


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


def _key(table: Table, of: str = "t") -> str:
    key = table.key()
    if key is None:
        return f"{of}.ctid::text"
    values = ", ".join(f"{of}.{quoted(part.column or '')}::text" for part in key.keys)
    return f"concat_ws(', ', {values})"
