"""What may be done once only, where a window of keys is gone over in turns or a trigger says no."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from expandcontract.changes.compute_columns import ComputeColumns
from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine import adhoc, cutting, turning
from expandcontract.engine.computing import Compute
from expandcontract.engine.events import ChunkDone, Event, Waited
from expandcontract.engine.runner import Runner
from expandcontract.engine.walking import Worker
from expandcontract.errors import RowsFailedError, ServerRefusedError, TooManyFailuresError
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres.lanes import Claimed
from expandcontract.postgres.session import open_session
from tests.support.walk import execute

ROWS = 2000
PAGES = "repeat('x', 200)"
COUNT = FillColumn(table="t", assignments=("n = n + 1",))
PYTHON = ComputeColumns(table="t", columns=("n",), reads=("n",))
WAITING = b"""
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""
Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "PAYS_FROM", 8)
    monkeypatch.setattr(turning, "WINDOW", 16)


def build(dsn: str, key: str = "g", parts: str = "") -> None:
    by = "PARTITION BY RANGE (id)" if parts else ""
    execute(
        dsn,
        f"CREATE TABLE t (id bigint PRIMARY KEY, pad text, n int) {by}",
        parts,
        f"INSERT INTO t SELECT {key}, {PAGES}, 0 FROM generate_series(1, {ROWS}) AS g",
        "ANALYZE t",
    )


def keep(dsn: str, condition: str, name: str = "keeps") -> None:
    execute(
        dsn,
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
        f"BEGIN IF {condition} THEN RETURN NULL; END IF; RETURN new; END$$",
        f"CREATE TRIGGER {name} BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def counted(rows: Rows) -> Sequence[int]:
    return [row["n"] + 1 for row in rows]


def filled(dsn: str, change: FillColumn | ComputeColumns, **options: object) -> list[Event]:
    session, events = open_session(dsn), list[Event]()
    try:
        run = Runner(
            session=session,
            limits={"replication_lag": None},
            sizing=Sizing(first=30, smallest=30, largest=30),
            tell=events.append,
            compute=Compute(function=counted),
        )
        run = replace(run, **options)  # type: ignore[arg-type]
        adhoc.carry_on(run, adhoc.begin(run, change))
    finally:
        session.close()
    return events


def values(dsn: str, what: str = "n") -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        sql = f"SELECT {what}, count(*) FROM t GROUP BY {what} ORDER BY {what}"
        found = connection.execute(sql.encode()).fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("change", [COUNT, PYTHON], ids=["expression", "python"])
@pytest.mark.parametrize("parts", ["", "CREATE TABLE p PARTITION OF t DEFAULT"], ids=["", "parts"])
def test_rows_that_a_trigger_keeps_back_are_kept_apart_and_counted_when_it_is_gone(
    dsn: str, parts: str, change: FillColumn | ComputeColumns
) -> None:
    build(dsn, parts=parts)
    keep(dsn, "new.id % 500 = 0")

    with pytest.raises(RowsFailedError, match="keeps kept the row") as kept:
        filled(dsn, change)
    assert kept.value.rows == 4
    assert any(one.startswith("500: ") for one in kept.value.samples)
    assert values(dsn) == [(0, 4), (1, ROWS - 4)]
    with pytest.raises(RowsFailedError, match="4 rows are in quarantine"):
        filled(dsn, change, quarantined=True)

    execute(dsn, "DROP TRIGGER keeps ON t")
    filled(dsn, change, quarantined=True)

    assert values(dsn) == [(1, ROWS)]


def test_rows_that_the_application_changes_meanwhile_are_not_taken_for_kept_back(dsn: str) -> None:
    """The statement saw them before; what stands when it comes to them is counted once or gone."""
    build(dsn)
    keep(dsn, "false")
    rows = "id IN (1, 14, 27, 40, 53)"
    with psycopg.connect(dsn) as other:
        other.execute(f"SELECT FROM t WHERE {rows} FOR UPDATE".encode())

        def change() -> None:
            with psycopg.connect(dsn, autocommit=True) as watching:
                while not watching.execute(WAITING).fetchall():
                    time.sleep(0.01)
            watching.close()
            other.execute(f"UPDATE t SET pad = 'new' WHERE {rows} AND id > 14".encode())
            other.execute(b"UPDATE t SET n = NULL WHERE id = 14")
            other.execute(b"DELETE FROM t WHERE id = 1")
            other.commit()

        thread = threading.Thread(target=change)
        thread.start()
        filled(dsn, COUNT)
        thread.join()
    other.close()

    assert values(dsn) == [(1, ROWS - 2), (None, 1)]


@pytest.mark.parametrize("change", [COUNT, PYTHON], ids=["expression", "python"])
def test_rows_that_a_trigger_writes_once_more_are_counted_once(
    dsn: str, change: FillColumn | ComputeColumns
) -> None:
    """In a block with an EXCEPTION they get the number of another transaction, within ours."""
    build(dsn)
    keep(dsn, "new.id % 500 = 0")
    execute(
        dsn,
        "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
        " UPDATE t SET pad = 'again' WHERE id = new.id AND pad <> 'again'; RETURN NULL;"
        " EXCEPTION WHEN division_by_zero THEN RETURN NULL; END$$",
        "CREATE TRIGGER again AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION again()",
    )

    with pytest.raises(RowsFailedError, match="4 rows are in quarantine"):
        filled(dsn, change)

    assert values(dsn, "n, pad = 'again'") == [(0, False, 4), (1, True, ROWS - 4)]


def test_a_trigger_that_keeps_too_many_back_stops_it(dsn: str) -> None:
    build(dsn)
    keep(dsn, "new.id > 1000")

    with pytest.raises(TooManyFailuresError, match="keeps kept the row from being written"):
        filled(dsn, COUNT, most_failures=5)

    execute(dsn, "DROP TRIGGER keeps ON t")
    filled(dsn, COUNT)
    assert values(dsn) == [(1, ROWS)]


def test_a_trigger_that_comes_while_it_runs_is_told(dsn: str) -> None:
    build(dsn)
    made: list[Event] = []

    def tell(event: Event) -> None:
        if isinstance(event, ChunkDone) and not any(isinstance(one, ChunkDone) for one in made):
            keep(dsn, "false", "late")
            execute(dsn, "ALTER TABLE t ENABLE ALWAYS TRIGGER late")
        made.append(event)

    filled(dsn, COUNT, tell=tell)

    told = [event.reason for event in made if isinstance(event, Waited)]
    assert any(reason.startswith("whether late kept rows") for reason in told)


def test_a_failing_row_that_goes_before_it_is_kept_puts_no_row_of_another_turn_apart(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the last row of the window would be kept, and counted once more by a retry."""
    build(dsn)
    execute(dsn, "ALTER TABLE t ADD CONSTRAINT odd CHECK (id <> 30 OR n < 1) NOT VALID")
    isolate, gone = Worker.__dict__["_isolate"], list[tuple[int, int]]()

    def beside(self: Worker, lane: Claimed, error: ServerRefusedError) -> None:
        window = getattr(lane.walk, "window", None)
        if self.careful == 1 and window is not None and window.passes > 1 and not gone:
            [until] = window.until
            gone.append((window.turn, int(until)))
            rest = f"id >= 30 AND id <= {until} AND id % {window.passes} = {window.turn}"
            execute(dsn, f"DELETE FROM t WHERE {rest}")
        isolate(self, lane, error)

    monkeypatch.setattr(Worker, "_isolate", beside)
    filled(dsn, COUNT)

    [(turn, until)] = gone
    assert until % 13 != turn
    [(n, left)] = values(dsn)
    assert n == 1
    assert isinstance(left, int)
    assert left < ROWS


def test_keys_with_the_step_of_the_turns_are_written_in_chunks(dsn: str) -> None:
    """All of them have one turn, and it is no chunk."""
    build(dsn, key="g * 13 + 5")

    events = filled(dsn, COUNT)

    written = [0, *(e.progress.rows_written for e in events if isinstance(e, ChunkDone))]
    assert max(after - before for before, after in pairwise(written)) <= 39
    assert values(dsn) == [(1, ROWS)]


def test_a_function_counts_once_while_connections_are_ended(dsn: str) -> None:
    """What was read ahead is another connection's, and read once more."""
    build(dsn)
    ended = 0

    def ending(rows: Rows) -> Sequence[int]:
        nonlocal ended
        if ended < 4 and rows:
            ended += 1
            execute(
                dsn,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                " application_name = 'expandcontract' AND datname = current_database()",
            )
        return counted(rows)

    filled(dsn, PYTHON, compute=Compute(function=ending), sizing=Sizing(first=200, smallest=200))

    assert ended == 4
    assert values(dsn) == [(1, ROWS)]
