"""A backfill holds while a standby is behind, gone or out of sight, and says which one and why."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import expandcontract as ec
from expandcontract.embedded import Cluster
from expandcontract.engine.apply import apply_phase, enrol
from expandcontract.engine.events import ChunkDone, Held
from expandcontract.errors import StoppedError
from expandcontract.model.phase import Phase
from tests.cli.conftest import PROGRAM
from tests.support.walk import Journal, execute, forward, running

RENAME = ec.RenameColumn(table="t", old="a", new="z")
SETUP = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text);
    INSERT INTO t (a) SELECT g FROM generate_series(1, 3000) AS g;
"""


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@contextmanager
def filling(dsn: str) -> Iterator[Journal]:
    """A backfill in chunks of three rows that runs meanwhile, and is stopped at the end."""
    journal, over = Journal(), threading.Event()

    def fill() -> None:
        with running(dsn, journal, stop=over.is_set) as runner, suppress(StoppedError):
            watching = replace(runner, limits={"replication_lag": 0.5})
            apply_phase(watching, enrol(watching, RENAME), Phase.BACKFILL)

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        yield journal
    finally:
        over.set()
        thread.join()


def reasons(journal: Journal) -> str:
    return "\n".join(
        r for event in journal.events if isinstance(event, Held) for r in event.reasons
    )


def chunks(journal: Journal) -> int:
    return sum(isinstance(event, ChunkDone) for event in journal.events)


@pytest.fixture
def dsn(breakable: Cluster) -> str:
    """The primary of a cluster for this test alone, with a table that is expanded."""
    execute(breakable.primary.dsn, SETUP)
    forward(breakable.primary.dsn, RENAME, Phase.EXPAND)
    breakable.wait_until_replayed()
    return breakable.primary.dsn


def assert_holds(journal: Journal) -> None:
    before = chunks(journal)
    time.sleep(1.2)
    assert chunks(journal) == before


def test_a_standby_that_replays_nothing_is_waited_for(breakable: Cluster, dsn: str) -> None:
    [standby] = breakable.standbys
    standby.pause_replay()

    with filling(dsn) as journal:
        eventually(lambda: "limit 0.5 s" in reasons(journal))
        assert "replication_lag of standby1 is" in reasons(journal)
        assert_holds(journal)
        [change] = ec.status(dsn)
        assert "standby1" in (change.fillings[0].held_by or "")

        held_at = chunks(journal)
        standby.resume_replay()
        eventually(lambda: chunks(journal) > held_at)


def test_a_standby_that_went_away_is_waited_for(breakable: Cluster, dsn: str) -> None:
    [standby] = breakable.standbys

    with filling(dsn) as journal:
        eventually(lambda: chunks(journal) > 3)
        standby.kill()
        eventually(lambda: "standby1 is unknown: the standby is not connected" in reasons(journal))
        assert_holds(journal)

        held_at = chunks(journal)
        standby.start()
        eventually(lambda: chunks(journal) > held_at)
        standby.kill()
        eventually(lambda: isinstance(journal.events[-1], Held))
        assert_holds(journal)

        held_at = chunks(journal)
        [said] = set(re.findall(r"ec (tune \S+ \S+=off)", reasons(journal)))
        words = [*said.split(), "--dsn", dsn]
        subprocess.run([sys.executable, "-c", PROGRAM, *words], check=True, timeout=60)
        eventually(lambda: chunks(journal) > held_at)


def test_a_role_that_may_not_see_the_standby_holds_and_says_what_to_grant(dsn: str) -> None:
    execute(
        dsn,
        "CREATE ROLE app LOGIN PASSWORD 'app'; ALTER TABLE t OWNER TO app;"
        "GRANT CREATE ON SCHEMA public TO app; GRANT USAGE ON SCHEMA expandcontract TO app;"
        "GRANT ALL ON ALL TABLES IN SCHEMA expandcontract TO app;",
    )

    with filling(make_conninfo(dsn, user="app", password="app")) as journal:
        eventually(lambda: "GRANT pg_monitor to this role" in reasons(journal))
        assert chunks(journal) == 0

        execute(dsn, "GRANT pg_monitor TO app")
        eventually(lambda: chunks(journal) > 0)


def test_a_lost_primary_is_told_and_the_same_command_goes_on(breakable: Cluster, dsn: str) -> None:
    lost: list[ec.ExpandContractError] = []
    journal = Journal()

    def fill() -> None:
        try:
            forward_into(dsn, journal)
        except ec.ExpandContractError as error:
            lost.append(error)

    thread = threading.Thread(target=fill)
    thread.start()
    eventually(lambda: chunks(journal) > 20)
    breakable.primary.kill()
    thread.join()
    breakable.primary.start()

    assert [error.exit_code for error in lost] == [3]
    assert "run the same command again" in str(lost[0])
    with psycopg.connect(dsn, autocommit=True) as connection:
        [(seen, written)] = connection.execute(
            "SELECT rows_seen, (SELECT count(z) FROM t) FROM expandcontract.lanes"
        ).fetchall()
    connection.close()
    assert 60 <= written == seen
    forward(dsn, RENAME, Phase.BACKFILL, Phase.SWITCH)


def forward_into(dsn: str, journal: Journal) -> None:
    with running(dsn, journal) as runner:
        patience = replace(runner.patience, reconnect=0.0)
        fast = replace(runner, limits={"replication_lag": None}, patience=patience)
        apply_phase(fast, enrol(fast, RENAME), Phase.BACKFILL)
