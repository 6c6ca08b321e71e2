"""Columns of a domain that is not like its type: of one with constraints, or that knows no null.

Of one with constraints PostgreSQL writes the whole table anew: it asks the domain for every row,
even of a column that is null in all of them.
"""

from collections.abc import Iterator

from expandcontract.changes._trying import along
from expandcontract.model.catalog import Table
from expandcontract.model.names import literal
from expandcontract.model.trial import Trial

UNNOTICED = 8 * 1024 * 1024
"""So many bytes are written anew in about as long as one attempt at a lock may wait."""


def written_anew(table: Table, type_: str, path: tuple[str, ...] = ()) -> Iterator[Trial]:
    """An objection where a column of that type, found along the path, would keep all waiting."""
    if sum(one.bytes for one in (table, *table.parts)) <= UNNOTICED:
        return
    if path:
        yield along(path)
    yield Trial(
        text=f"a column of type {type_}",
        sql=f"""{_bases(type_)}
            SELECT 'it is a domain with constraints, for which PostgreSQL would write '
                || {literal(table.name.plain)} || ' anew while everybody waits'
            FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid AND t.typtype = 'd'
            WHERE t.typnotnull OR EXISTS (
                SELECT FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid) LIMIT 1""",
        is_question=True,
        cure="take the domain's own type, with a check of the table (ec.AddCheck)",
    )


def never_null(type_: str) -> Iterator[Trial]:
    """An objection where a column of that type cannot be null, as each side is for a while."""
    if "." not in type_:  # PostgreSQL's own; a domain has a schema
        return
    yield Trial(
        text=f"a column of type {type_}",
        sql=f"""{_bases(type_)}
            SELECT 'it is a domain that is NOT NULL, and a row may have no value in one of '
                || 'the two columns until both are written'
            FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid AND t.typnotnull LIMIT 1""",
        is_question=True,
        cure="take the NOT NULL from the domain, and give the column one (ec.SetNotNull)",
    )


def _bases(type_: str) -> str:
    """A type, and what it is a domain of."""
    return f"""
            WITH RECURSIVE base (oid) AS (
                SELECT pg_catalog.to_regtype({literal(type_)})::oid
                UNION ALL
                SELECT t.typbasetype FROM base
                JOIN pg_catalog.pg_type t ON t.oid = base.oid AND t.typtype = 'd'
            )"""
