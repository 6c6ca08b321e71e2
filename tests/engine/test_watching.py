"""Signals beside the work: their ages, a connection that is lost, limits that change meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg

from expandcontract.embedded import Cluster
from expandcontract.engine.limits import source
from expandcontract.engine.runner import Runner
from expandcontract.engine.watching import Watching, watching
from expandcontract.pacing.throttle import Go, Hold, Pace
from tests.support.walk import execute, running

Connect = Callable[..., psycopg.Connection]


@contextmanager
def watched(dsn: str, query: str, limit: float) -> Iterator[tuple[Watching, Runner]]:
    """One signal of our own, and no other."""
    with running(dsn) as runner:
        own = replace(
            runner,
            sources=(source(f"own={query}"),),
            limits={
                "own": limit,
                "replication_lag": None,
                "synchronous_standbys": None,
                "slot_retention": None,
                "archive_backlog": None,
                "blocked_sessions": None,
            },
        )
        with watching(own) as watch:
            yield watch, own


def eventually(watch: Watching, right: Callable[[Pace], bool]) -> Pace:
    deadline = time.monotonic() + 20
    while not right(found := watch.pace()[0]):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def test_the_first_readings_are_there_at_once(dsn: str) -> None:
    with watched(dsn, "SELECT 7", 5) as (watch, _):
        pace, [reading] = watch.pace()

    assert pace == Hold(("own is 7, limit 5",))
    assert reading.name == "own"


def test_another_limit_counts_at_once(dsn: str) -> None:
    with watched(dsn, "SELECT 7", 5) as (watch, runner):
        watch.tune(replace(runner, limits={**runner.limits, "own": 70.0}))
        assert watch.pace()[0] == Go(1.0)
        watch.tune(replace(runner, limits={**runner.limits, "own": None}))
        assert watch.pace() == (Go(1.0), ())


def test_what_hangs_grows_old_and_holds(dsn: str, connect: Connect) -> None:
    connection = connect()
    connection.execute("CREATE TABLE slow (a int)")
    with watched(dsn, "SELECT count(*) FROM slow", 5) as (watch, _):
        assert watch.pace()[0] == Go(1.0)
        connection.execute("BEGIN; LOCK TABLE slow")
        held = eventually(watch, lambda found: isinstance(found, Hold))
        connection.execute("COMMIT")
        eventually(watch, lambda found: isinstance(found, Go))

    assert isinstance(held, Hold)
    assert "own was last read" in held.reasons[0]


def test_a_lost_connection_holds_and_is_opened_again(dsn: str, connect: Connect) -> None:
    with watched(dsn, "SELECT 1", 5) as (watch, runner):
        [(ours,)] = runner.session.rows("SELECT pg_backend_pid()")
        connect(application_name="other").execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (%s, pg_backend_pid())",
            [ours],
        )
        held = eventually(watch, lambda found: isinstance(found, Hold))
        eventually(watch, lambda found: isinstance(found, Go))

    assert isinstance(held, Hold)
    assert "the connection is lost" in held.reasons[0]


def test_a_first_rest_ends_when_the_standby_has_replayed_the_chunk(breakable: Cluster) -> None:
    [standby] = breakable.standbys
    dsn = breakable.primary.dsn
    with running(dsn) as runner, watching(runner) as watch:
        standby.pause_replay()
        execute(dsn, "CREATE TABLE t AS SELECT repeat('x', 900) FROM generate_series(1, 5000)")
        position = "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint"
        [(written,)] = runner.session.rows(position)
        watch.wrote(written)
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            assert not watch.bore(0.7, 5_000_000)
            time.sleep(0.02)
        standby.resume_replay()
        deadline = time.monotonic() + 20
        while not watch.bore(0.7, 5_000_000):
            assert time.monotonic() < deadline
            time.sleep(0.02)

        found = watch.pace()[0]
        assert isinstance(found, Go)
        assert found.share >= 0.7  # shown at once, not doubled up to
