"""Locks that others hold: nobody queues for long, and whoever is in the way is named."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from expandcontract.changes.base import Change
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.engine.apply import apply_phase, enrol
from expandcontract.engine.events import Event, LockAwaited
from expandcontract.errors import LockBudgetError, StoppedError
from expandcontract.model.phase import Phase
from expandcontract.pacing.retry import Patience
from tests.conftest import Connect
from tests.support.fingerprint import fingerprint
from tests.support.walk import Journal, execute, forward, running

RENAME = RenameColumn(table="t", old="a", new="z")
SETUP = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text NOT NULL);
    INSERT INTO t (a) SELECT g FROM generate_series(1, 8) AS g;
"""
HASTY = Patience(lock_timeout=0.05, patient_lock_timeout=0.1, pause=0.1, budget=1.0)


@pytest.fixture(autouse=True)
def table(dsn: str) -> None:
    execute(dsn, SETUP)


def hasty(dsn: str, change: Change, phase: Phase, journal: Journal) -> None:
    """Run a phase with little patience."""
    with running(dsn, journal) as runner:
        short = replace(runner, patience=HASTY)
        apply_phase(short, enrol(short, change), phase)


@contextmanager
def holding(connection: psycopg.Connection, sql: str) -> Iterator[None]:
    """A session that has done something and does not end its transaction."""
    connection.execute("BEGIN")
    connection.execute(sql.encode())
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("phase", [Phase.EXPAND, Phase.SWITCH, Phase.CONTRACT])
def test_who_stands_in_the_way_is_named_once_the_budget_is_spent(
    dsn: str, connect: Connect, phase: Phase
) -> None:
    for earlier in Phase:
        if earlier < phase:
            forward(dsn, RENAME, earlier)
    reader, journal = connect(application_name="nightly report"), Journal()
    before = fingerprint(dsn)

    with (
        holding(reader, "SELECT count(*) AS rows_of_the_report FROM t"),
        pytest.raises(LockBudgetError) as refused,
    ):
        hasty(dsn, RENAME, phase, journal)

    text = str(refused.value)
    assert f"pid {reader.info.backend_pid} (nightly report, role postgres, idle in" in text
    assert "holds AccessShareLock on public.t: SELECT count(*) AS rows_of_the_report" in text
    assert "end these sessions or wait, then run the same again" in text
    assert refused.value.exit_code == 3
    awaited = [event for event in journal.events if isinstance(event, LockAwaited)]
    assert [event.attempt for event in awaited] == list(range(1, refused.value.attempts))
    assert "nightly report" in awaited[0].blockers[0]
    claimed = {name: text for name, text in fingerprint(dsn).items() if "claim on" not in name}
    assert claimed == {name: text for name, text in before.items() if "claim on" not in name}
    forward(dsn, RENAME, phase)


def test_a_writer_behind_a_long_reader_gets_through_between_any_two_tries(
    dsn: str, connect: Connect
) -> None:
    writes, over, tries = [0], threading.Event(), [0]
    writer = connect()

    def write() -> None:
        while not over.is_set():
            writer.execute("UPDATE t SET a = a || '.' WHERE id = 1")
            writes[0] += 1
            time.sleep(0.005)

    def told(event: Event) -> None:
        """The runner waits here, in nobody's way, until a write has begun and ended since."""
        if isinstance(event, LockAwaited):
            tries[0] += 1
            enough, until = writes[0] + 2, time.monotonic() + 30
            while writes[0] < enough:
                assert time.monotonic() < until
                time.sleep(0.005)

    thread = threading.Thread(target=write, daemon=True)
    with (
        holding(connect(), "SELECT FROM t"),
        running(dsn, stop=lambda: tries[0] == 5) as runner,
    ):
        thread.start()
        patient = replace(runner, tell=told, patience=replace(HASTY, budget=60.0))
        record = enrol(patient, RENAME)
        with pytest.raises(StoppedError):
            apply_phase(patient, record, Phase.EXPAND)
    over.set()
    thread.join()

    assert tries == [5]


def test_a_row_that_somebody_keeps_is_told_by_the_backfill(dsn: str, connect: Connect) -> None:
    forward(dsn, RENAME, Phase.EXPAND)
    writer, journal = connect(application_name="forgotten session"), Journal()

    with (
        holding(writer, "SELECT FROM t WHERE id = 5 FOR UPDATE"),
        pytest.raises(LockBudgetError) as refused,
    ):
        hasty(dsn, RENAME, Phase.BACKFILL, journal)

    text = str(refused.value)
    assert "copy: no lock after" in text
    assert "(forgotten session, role postgres, idle in transaction for" in text
    assert any(isinstance(event, LockAwaited) for event in journal.events)
    forward(dsn, RENAME, Phase.BACKFILL)
    assert_complete(writer)


def assert_complete(connection: psycopg.Connection) -> None:
    found = connection.execute("SELECT count(*) FROM t WHERE z IS DISTINCT FROM a").fetchall()
    assert found == [(0,)]


def test_a_stop_is_heard_while_a_lock_is_awaited(dsn: str, connect: Connect) -> None:
    journal = Journal()

    def waited() -> bool:
        return any(isinstance(event, LockAwaited) for event in journal.events)

    with (
        holding(connect(), "SELECT FROM t"),
        running(dsn, journal, stop=waited) as runner,
        pytest.raises(StoppedError, match="run the same command again to go on"),
    ):
        apply_phase(runner, enrol(runner, RENAME), Phase.EXPAND)

    forward(dsn, RENAME)


def test_a_lock_that_comes_free_is_taken(dsn: str, connect: Connect) -> None:
    reader, journal = connect(), Journal()
    reader.execute("BEGIN")
    reader.execute("SELECT FROM t")

    def end() -> None:
        """Once it was seen that the lock is waited for."""
        while not any(isinstance(event, LockAwaited) for event in journal.events):
            time.sleep(0.01)
        reader.execute("ROLLBACK")

    ending = threading.Thread(target=end, daemon=True)
    ending.start()

    hasty(dsn, RENAME, Phase.EXPAND, journal)

    ending.join()
    assert any(isinstance(event, LockAwaited) for event in journal.events)
