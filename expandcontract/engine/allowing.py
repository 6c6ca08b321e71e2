"""Whether the server would let every row be copied: asked before a change is begun.

It says so itself, of an UPDATE that it plans and never runs: which rows a policy keeps from the
role when it rewrites the command, and what a publication misses when it would start it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.errors import ChangeRefusedError, ServerRefusedError
from expandcontract.model.backfill import Backfill
from expandcontract.model.names import TableName, quoted
from expandcontract.model.plan import Plan
from expandcontract.postgres.session import Session, undone

SETTINGS = {"lock_timeout": "1s", "statement_timeout": "60s"}
HIDDEN = "42501"
UNPUBLISHED = frozenset({"55000", "42P10"})
"""No replica identity, or one that a publication's columns or rows do not fit."""

# Of the table and all below it, those that may be refused; each with a column to name.
DOUBTFUL: LiteralString = """
    WITH RECURSIVE tree (oid) AS (
        SELECT pg_catalog.to_regclass(%(table)s)::oid
        UNION
        SELECT h.inhrelid FROM tree t JOIN pg_catalog.pg_inherits h ON h.inhparent = t.oid
    )
    SELECT n.nspname::text, c.relname::text,
           (SELECT a.attname::text FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attname::text NOT IN (
                SELECT pg_catalog.jsonb_array_elements_text(%(columns)s::jsonb)), a.attnum
            LIMIT 1),
           c.oid = pg_catalog.to_regclass(%(table)s), pg_catalog.row_security_active(c.oid)
    FROM tree
    JOIN pg_catalog.pg_class c ON c.oid = tree.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND pg_catalog.has_any_column_privilege(c.oid, 'UPDATE')
      AND (pg_catalog.row_security_active(c.oid)
           OR c.relkind = 'r' AND c.relpersistence = 'p'
              AND EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubupdate))
    ORDER BY c.oid
"""


@dataclass(frozen=True, slots=True)
class Doubted:
    """One of those tables."""

    table: TableName
    column: str
    is_root: bool
    is_policed: bool


def refuse_what_cannot_be_copied(session: Session, name: str, plan: Plan) -> None:
    """Raise with what the server says of the tables that the plan's backfills read and write."""
    backfills = [step.backfill for step in plan.steps if step.backfill is not None]
    said = [text for backfill in backfills for text in _objections(session, backfill)]
    if said:
        raise ChangeRefusedError(f"the change {name}", tuple(dict.fromkeys(said)))


def _objections(session: Session, backfill: Backfill) -> Iterator[str]:
    columns = tuple(column for column, _ in backfill.assignments)
    if backfill.into is None:
        for one in _doubtful(session, backfill.table, columns):
            yield from _asked(session, one, _update(one), sees=True)  # each part is walked alone
        return
    for one in _doubtful(session, backfill.table, ()):
        if one.is_root:
            yield from _asked(session, one, f"SELECT FROM {one.table}", sees=True)
    for one in _doubtful(session, backfill.into.table, columns):
        yield from _asked(session, one, _update(one), sees=one.is_root)


def _doubtful(session: Session, table: TableName, columns: tuple[str, ...]) -> list[Doubted]:
    params = {"table": str(table), "columns": json.dumps(columns)}
    return [
        Doubted(TableName(name, schema), column, is_root, is_policed)
        for schema, name, column, is_root, is_policed in session.rows(DOUBTFUL, params)
        if column is not None
    ]


def _update(one: Doubted) -> str:
    """Of any column, a generated one too, and of no row."""
    return f"UPDATE ONLY {one.table} SET {quoted(one.column)} = DEFAULT WHERE false"


def _asked(session: Session, one: Doubted, sql: str, *, sees: bool) -> Iterator[str]:
    """What stands in the way; other answers are left to the run, as a lock may be free by then."""
    settings = {**SETTINGS, "row_security": "off" if sees else "on"}
    try:
        with undone(session, **settings):
            session.rows(f"EXPLAIN {sql}")
    except ServerRefusedError as error:
        is_hidden = error.sqlstate == HIDDEN and one.is_policed and sees
        if is_hidden or error.sqlstate in UNPUBLISHED:
            more = " ".join(filter(None, (error.detail, error.hint)))
            as_whom = "; or run as a role that sees every row (BYPASSRLS)" if is_hidden else ""
            yield f"{error.message}{more and f': {more}'}".rstrip(".") + as_whom
