"""What a statement really does on a server, told as `Facts`.

The statement runs in a transaction that is rolled back. The session's own `pg_locks` says what it
locked (locks on relations last until the end), new file nodes say what it wrote anew, and the
transaction's own statistics say what it scanned.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg

from expandcontract.model.lock import Lock
from tests.facts.lint_blocking import measure_outside
from tests.facts.lint_cases import Case, Chapter, Facts
from tests.facts.lint_relations import (
    Relations,
    plans_that_count,
    read_relations,
    strongest,
    what_changed,
)
from tests.support.databases import Databases

LOCKS = "SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = pg_backend_pid()"
COUNTS = "SELECT oid, pg_stat_get_xact_numscans(oid) FROM pg_class WHERE relkind IN ('r', 'm')"


@dataclass(frozen=True)
class Outcome:
    """A statement of a chapter, and what it did."""

    chapter: Chapter
    case: Case
    facts: Facts


@contextmanager
def second_tablespace(databases: Databases) -> Iterator[None]:
    """A tablespace for the statements that move something to another."""
    with psycopg.connect(databases.server.dsn, autocommit=True) as connection:
        connection.execute("SET allow_in_place_tablespaces = on")
        connection.execute("CREATE TABLESPACE ec_facts LOCATION ''")
        try:
            yield
        finally:
            connection.execute("DROP TABLESPACE ec_facts")


def measure_chapter(databases: Databases, chapter: Chapter, major: int) -> list[Outcome]:
    """Run every statement of a chapter that the major knows."""
    outcomes: list[Outcome] = []
    cases = [case for case in chapter.cases if case.on(major)]
    if not cases:
        return outcomes  # its tables may be made in a form that the major does not know
    with databases.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        prepare(connection, chapter.setup)
        before = read_relations(connection)
        for case in cases:
            facts = measure_inside(connection, case.sql, before)
            outcomes.append(Outcome(chapter, case, facts))
    if all(one.facts.transactional or not one.case.runs for one in outcomes):
        return outcomes
    with databases.database() as dsn:
        return [_outside(one, dsn) for one in outcomes]


def _outside(one: Outcome, dsn: str) -> Outcome:
    """Measure again what no transaction allowed."""
    if one.facts.transactional or not one.case.runs:
        return one
    return replace(one, facts=measure_outside(dsn, one.chapter.setup, one.case.sql))


def prepare(connection: psycopg.Connection, setup: str) -> None:
    """Make the tables of a chapter."""
    connection.execute("SET timezone = 'UTC'")
    connection.execute(plans_that_count())
    connection.execute(setup.encode())


def measure_inside(connection: psycopg.Connection, sql: str, before: Relations) -> Facts:
    """Run the statement, look, and roll back."""
    connection.execute("BEGIN")
    try:
        counted = _counts(connection)  # what is not yet reported counts on
        connection.execute(sql.encode())
        return _facts(connection, before, counted)
    except psycopg.errors.ActiveSqlTransaction:
        return Facts(transactional=False)
    except psycopg.Error as error:
        return Facts(fails=error.sqlstate or "?")
    finally:
        connection.execute("ROLLBACK")


def _counts(connection: psycopg.Connection) -> Mapping[int, int]:
    return dict(connection.execute(COUNTS).fetchall())


def _facts(connection: psycopg.Connection, before: Relations, counted: Mapping[int, int]) -> Facts:
    scanned = {o for o, n in _counts(connection).items() if n > counted.get(o, 0)}
    held = ((oid, _lock(mode)) for oid, mode in connection.execute(LOCKS).fetchall())
    tables, indexes = strongest(held, before)
    rewrites, builds = what_changed(before, read_relations(connection))
    return Facts(
        locks=tables,
        indexes=indexes,
        rewrites=rewrites,
        scans=frozenset(before[oid].name for oid in scanned if oid in before),
        builds=builds,
    )


def _lock(mode: str) -> Lock:
    return next(lock for lock in Lock if lock.pg_locks_mode == mode)
