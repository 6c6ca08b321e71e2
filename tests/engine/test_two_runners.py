"""Two processes at one change: one works, the other says who does, and nothing is done twice."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from expandcontract.changes.rename_column import RenameColumn
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.mortal import KILLED, Life, Mortals, Request, When
from tests.support.walk import execute, forward

RENAME = RenameColumn(table="t", old="a", new="z")
SETUP = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text NOT NULL);
    CREATE INDEX i ON t (a);
    INSERT INTO t (a) SELECT g FROM generate_series(1, 8) AS g;
"""
#: Points (see `mortal`) at which a runner is frozen: commits of a fresh run.
LEASED, TWIN = 3, 4


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Mortals, Mortals]]:
    with ExitStack() as stack:
        yield stack.enter_context(Mortals()), stack.enter_context(Mortals())


@pytest.fixture
def two(both: tuple[Mortals, Mortals]) -> Iterator[tuple[Mortals, Mortals]]:
    yield both
    for mortals in both:
        mortals.bury()


@pytest.fixture(scope="module")
def end(databases: Databases) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Schema and rows after a run that nobody disturbed."""
    with databases.database() as dsn:
        execute(dsn, SETUP)
        forward(dsn, RENAME)
        yield fingerprint(dsn), rows(dsn, "t")


@pytest.fixture
def start(dsn: str) -> None:
    execute(dsn, SETUP)


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_stopped(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123  # a file of the kernel
        return stat.read().rpartition(")")[2].split()[0] == "T"


def frozen(mortals: Mortals, dsn: str, when: When, point: int) -> int:
    """A runner that stands still before or after a commit; its process id."""
    request = Request(dsn=dsn, change=RENAME, when=when, point=point, by=signal.SIGSTOP)
    pid = mortals.begin(request)
    eventually(lambda: is_stopped(pid))
    return pid


def thawed(mortals: Mortals, pid: int) -> Life:
    os.kill(pid, signal.SIGCONT)
    return mortals.end()


@pytest.mark.usefixtures("start")
def test_the_second_runner_says_who_works_and_does_nothing(
    dsn: str, two: tuple[Mortals, Mortals], end: tuple[dict[str, str], list[str]]
) -> None:
    pid = frozen(two[0], dsn, "after", LEASED)
    before = fingerprint(dsn)

    busy = two[1].live(Request(dsn=dsn, change=RENAME))

    assert (busy.error, busy.code) == ("RunnerBusyError", 3)
    assert f"t.a-to-z is being worked on by process {pid} on " in busy.text
    assert "wait for it, or end it, and run the same command again" in busy.text
    assert_schema(before, dsn)
    assert thawed(two[0], pid).code == 0
    assert_schema(end[0], dsn)
    assert rows(dsn, "t") == end[1]


@pytest.mark.usefixtures("start")
def test_many_runners_at_once_do_the_work_once(
    dsn: str, two: tuple[Mortals, Mortals], end: tuple[dict[str, str], list[str]]
) -> None:
    for mortals in two:
        mortals.begin(Request(dsn=dsn, change=RENAME))

    lives = [mortals.end() for mortals in two]

    assert {life.error for life in lives} <= {"", "RunnerBusyError"}
    assert 0 in {life.code for life in lives}
    assert_schema(end[0], dsn)
    assert rows(dsn, "t") == end[1]


@pytest.mark.usefixtures("start")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_runner_whose_backend_was_ended_is_followed_at_once_and_commits_nothing(
    dsn: str,
    two: tuple[Mortals, Mortals],
    end: tuple[dict[str, str], list[str]],
    connection: psycopg.Connection,
    when: When,
) -> None:
    pid = frozen(two[0], dsn, when, TWIN)
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'expandcontract' AND datname = current_database()"
    )

    assert two[1].live(Request(dsn=dsn, change=RENAME)).code == 0

    lost = thawed(two[0], pid)
    assert (lost.error, lost.code) == ("ConnectionLostError", 3)
    assert "run the same command again" in lost.text
    assert_schema(end[0], dsn)
    assert rows(dsn, "t") == end[1]


@pytest.mark.usefixtures("start")
def test_a_runner_that_freezes_between_two_transactions_loses_its_lease(
    dsn: str,
    two: tuple[Mortals, Mortals],
    end: tuple[dict[str, str], list[str]],
    connection: psycopg.Connection,
) -> None:
    pid = frozen(two[0], dsn, "after", TWIN)
    # Instead of waiting for the lease to run out.
    connection.execute("UPDATE expandcontract.leases SET expires_at = now() - interval '1 s'")

    assert two[1].live(Request(dsn=dsn, change=RENAME)).code == 0

    lost = thawed(two[0], pid)
    assert (lost.error, lost.code) == ("LeaseLostError", 3)
    assert "another runner took over t.a-to-z" in lost.text
    assert_schema(end[0], dsn)
    assert rows(dsn, "t") == end[1]
    found = connection.execute("SELECT last_error FROM expandcontract.changes").fetchall()
    assert found == [(None,)]


@pytest.mark.usefixtures("start")
def test_a_runner_that_freezes_with_the_table_locked_gives_it_free(
    dsn: str, two: tuple[Mortals, Mortals], connection: psycopg.Connection
) -> None:
    pid = frozen(two[0], dsn, "before", TWIN)

    began = time.monotonic()
    connection.execute("UPDATE t SET a = 'written' WHERE id = 1")

    assert time.monotonic() - began < 10
    assert two[1].live(Request(dsn=dsn, change=RENAME)).code == 0
    assert thawed(two[0], pid).error == "ConnectionLostError"
    found = connection.execute("SELECT z FROM t WHERE id = 1").fetchall()
    assert found == [("written",)]


def is_building(connection: psycopg.Connection) -> bool:
    return bool(
        connection.execute(
            "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'"
            " AND state = 'active' AND datname = current_database()"
        ).fetchall()
    )


@pytest.mark.usefixtures("start")
def test_an_index_build_goes_on_without_its_killed_runner_and_is_not_disturbed(
    dsn: str,
    two: tuple[Mortals, Mortals],
    end: tuple[dict[str, str], list[str]],
    connection: psycopg.Connection,
) -> None:
    with psycopg.connect(dsn, autocommit=True) as reader:
        forward(dsn, RENAME, Phase.EXPAND)
        # An old snapshot is in the way of the build, and of nothing before it.
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM t")
        pid = two[0].begin(Request(dsn=dsn, change=RENAME))
        eventually(lambda: is_building(connection))
        os.kill(pid, signal.SIGKILL)
        assert two[0].end().code == KILLED

        busy = two[1].live(Request(dsn=dsn, change=RENAME))

        assert busy.error == "RunnerBusyError"
        assert f"process {pid}" in busy.text
        assert is_building(connection)
        reader.execute("ROLLBACK")
    reader.close()
    eventually(lambda: not is_building(connection))
    assert two[1].live(Request(dsn=dsn, change=RENAME)).code == 0
    assert_schema(end[0], dsn)
    assert rows(dsn, "t") == end[1]
