"""How many rows the tables of a live database have, for `ec lint --stats`."""

from typing import LiteralString

from expandcontract.postgres.session import open_session

ROWS: LiteralString = """
    SELECT n.nspname || '.' || c.relname, c.reltuples::bigint
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND c.reltuples >= 0
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    ORDER BY 1
"""


def sizes(dsn: str) -> tuple[tuple[str, int], ...]:
    """The planner's estimate for every table that was ever analysed."""
    session = open_session(dsn, "ec lint")
    try:
        return tuple((str(name), int(rows)) for name, rows in session.rows(ROWS))
    finally:
        session.close()
