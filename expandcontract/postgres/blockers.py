"""Who holds the locks that a statement did not get."""

from collections.abc import Iterable
from typing import LiteralString

from expandcontract.model.statement import Statement
from expandcontract.postgres.session import Session

# What a role may not see of other roles' sessions comes as NULL.
HOLDERS: LiteralString = """
    SELECT DISTINCT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type, 'unknown'),
           coalesce(a.usename::text, '?'), coalesce(a.state, 'state not visible'),
           coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), -1)::float8,
           coalesce(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80), ''),
           l.mode
    FROM pg_catalog.pg_locks l
    JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE l.relation = pg_catalog.to_regclass(%(table)s)
      AND l.database = (SELECT oid FROM pg_catalog.pg_database
                        WHERE datname = pg_catalog.current_database())
      AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
      AND l.mode = ANY (string_to_array(%(modes)s, ','))
    ORDER BY a.pid
"""


def blockers(session: Session, statements: Iterable[Statement]) -> tuple[str, ...]:
    """One line for each session that holds a lock in the way of these statements."""
    found: dict[str, None] = {}
    for statement in statements:
        if statement.table is None or not statement.lock:
            continue
        modes = ",".join(sorted(lock.pg_locks_mode for lock in statement.lock.conflicting))
        params = {"table": str(statement.table), "modes": modes}
        for row in session.rows(HOLDERS, params):
            found[_line(statement.table.plain, *row)] = None
    return tuple(found)


def _line(  # noqa: PLR0913, PLR0917  # one parameter for each column of the query
    table: str, pid: int, name: str, role: str, state: str, age: float, query: str, mode: str
) -> str:
    since = f"for {age:.0f} s" if age >= 0 else "for a time this role may not see"
    shown = f": {query}" if query else ""
    return f"pid {pid} ({name}, role {role}, {state} {since}) holds {mode} on {table}{shown}"
