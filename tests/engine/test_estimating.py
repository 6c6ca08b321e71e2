"""What a backfill is said to cost, beside what it costs."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine import adhoc
from expandcontract.engine.estimating import estimate
from expandcontract.engine.events import Event, Foretold
from expandcontract.engine.runner import Runner
from expandcontract.engine.tuning import sizing_for
from expandcontract.errors import NoRoomError, StoppedError
from expandcontract.model.backfill import Backfill
from expandcontract.pacing.estimate import Estimate
from expandcontract.postgres.opening import session_for
from tests.conftest import Connect

ROWS = 10_000
FILL = FillColumn(table="t", assignments=("b = upper(a)",), where="id % 2 = 0")
TABLE = (
    "CREATE TABLE t (id int PRIMARY KEY, a text, b text, pad text)",
    f"INSERT INTO t SELECT g, 'n' || g, NULL, repeat('x', 60) FROM generate_series(1, {ROWS}) g",
    "CREATE INDEX ON t (b)",
    "VACUUM ANALYZE t",
)


@pytest.fixture
def runner(dsn: str, connection: psycopg.Connection) -> Iterator[Runner]:
    for command in TABLE:
        connection.execute(command.encode())
    with session_for(dsn) as session:
        yield Runner(session=session)


def planned(runner: Runner, fill: FillColumn = FILL) -> Backfill:
    backfill = adhoc.checked_plan(runner, fill).steps[0].backfill
    assert backfill is not None
    return backfill


def foretold(runner: Runner, fill: FillColumn = FILL) -> Estimate:
    return estimate(runner, planned(runner, fill))


def wal(connection: psycopg.Connection) -> int:
    [(at,)] = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchall()
    return int(at)


def test_what_is_foretold_is_near_what_comes(
    runner: Runner, connection: psycopg.Connection
) -> None:
    expected = foretold(runner)
    [(size,)] = connection.execute("SELECT pg_total_relation_size('t')").fetchall()
    before = wal(connection)
    connection.execute("CHECKPOINT")  # the sample has met pages after one, too
    connection.execute("UPDATE t SET b = upper(a) WHERE id % 2 = 0")
    written = wal(connection) - before
    [(grown,)] = connection.execute("SELECT pg_total_relation_size('t')").fetchall()

    assert expected.rows is not None
    assert abs(expected.rows - ROWS / 2) < ROWS * 0.05
    assert expected.wal_bytes is not None
    assert 0.4 * written < expected.wal_bytes < 4 * written
    assert expected.growth_bytes is not None
    assert 0.3 * (grown - size) < expected.growth_bytes < 3 * (grown - size)
    assert expected.seconds
    assert "was written and rolled back" in expected.how


def test_a_sample_leaves_every_row_as_it_was(
    runner: Runner, connection: psycopg.Connection
) -> None:
    foretold(runner)

    assert connection.execute("SELECT count(*) FROM t WHERE b IS NOT NULL").fetchall() == [(0,)]


def test_no_trigger_of_the_application_fires_for_a_sample(
    runner: Runner, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE SEQUENCE fired")
    connection.execute(
        "CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM nextval(''fired''); RETURN NEW; END'"
    )
    connection.execute("CREATE TRIGGER fire BEFORE UPDATE ON t EXECUTE FUNCTION fire()")

    silenced = foretold(runner)
    connection.execute("CREATE ROLE plain_estimator LOGIN")
    connection.execute("GRANT ALL ON t TO plain_estimator")
    connection.execute("SET ROLE plain_estimator")
    try:
        with session_for(connection) as session:
            plain = estimate(replace(runner, session=session), planned(runner))
    finally:
        connection.execute("RESET ROLE")
        connection.execute("DROP OWNED BY plain_estimator; DROP ROLE plain_estimator")

    assert connection.execute("SELECT is_called FROM fired").fetchall() == [(False,)]
    assert "was written and rolled back" in silenced.how
    assert "triggers would fire" in plain.how
    assert plain.wal_bytes
    assert plain.growth_bytes


def test_rows_that_others_have_locked_are_not_waited_for(runner: Runner, connect: Connect) -> None:
    other = connect()
    other.autocommit = False
    other.execute("UPDATE t SET pad = '' ")

    assert "all rows of the sample are locked" in foretold(runner).how
    other.rollback()


def test_a_snapshot_that_is_held_is_an_objection(
    runner: Runner, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expandcontract.engine.estimating.OLD", 0.0)
    other = connect()
    other.autocommit = False
    other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT")

    mine = f"process {other.info.backend_pid}"
    [objection] = [text for text in foretold(runner).objections if text.startswith(mine)]

    assert "no dead row goes while it lasts" in objection
    other.rollback()


@pytest.mark.parametrize(
    "commands",
    [("TRUNCATE t",), ("TRUNCATE t", "INSERT INTO t VALUES (2, 'a')")],
    ids=["no row", "one row"],
)
def test_small_tables_cost_little(
    runner: Runner, connection: psycopg.Connection, commands: tuple[str, ...]
) -> None:
    for command in (*commands, "ANALYZE t"):
        connection.execute(command.encode())

    assert foretold(runner).rows == len(commands) - 1


def test_partitions_are_counted_together(runner: Runner, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE p (id int PRIMARY KEY, a text, b text) PARTITION BY HASH (id)")
    for part in range(2):
        bounds = f"FOR VALUES WITH (MODULUS 2, REMAINDER {part})"
        connection.execute(f"CREATE TABLE p{part} PARTITION OF p {bounds}".encode())
    connection.execute("INSERT INTO p SELECT g, 'x' FROM generate_series(1, 5000) g")
    connection.execute("ANALYZE p")

    expected = foretold(runner, FillColumn(table="p", assignments=("b = upper(a)",)))

    assert expected.rows == 5000


def test_a_run_that_would_need_more_room_is_refused_before_the_first_row(
    runner: Runner, dsn: str, connection: psycopg.Connection
) -> None:
    told: list[Event] = []
    tight = replace(runner, free_disk=1000.0, tell=told.append)
    record = adhoc.begin(tight, FILL)

    with pytest.raises(NoRoomError, match="would grow by up to"):
        adhoc.carry_on(tight, record)

    assert any(isinstance(event, Foretold) for event in told)
    assert connection.execute("SELECT count(*) FROM t WHERE b IS NOT NULL").fetchall() == [(0,)]
    assert ec.status(dsn)[0].state == "reverted"  # it claims nothing any more
    other = FillColumn(table="t", assignments=("b = lower(a)",))
    for change in (other, FILL):
        roomy = replace(tight, free_disk=1e12)
        adhoc.carry_on(roomy, adhoc.begin(roomy, change))
    assert sorted(change.state for change in ec.status(dsn)) == ["closed", "closed", "reverted"]


@pytest.mark.parametrize(
    ("assignment", "right"), [("b = upper(a)", "b = upper(a)"), ("b = concat(b, a)", "b = a")]
)
def test_a_run_that_goes_on_is_refused_where_what_is_left_needs_more_room(
    runner: Runner, dsn: str, connection: psycopg.Connection, assignment: str, right: str
) -> None:
    fill = FillColumn(table="t", assignments=(assignment,))
    small = replace(runner, sizing=sizing_for(100, 1000), free_disk=1e12)
    record = adhoc.begin(small, fill)
    chunks = iter(range(3))
    with pytest.raises(StoppedError):
        adhoc.carry_on(replace(small, asked_to_stop=lambda: next(chunks, None) is None), record)
    filled = "SELECT count(*) FROM t WHERE b IS NOT NULL"
    [(before,)] = connection.execute(filled.encode()).fetchall()

    with pytest.raises(NoRoomError, match=f"{before:,} rows are done and stay so"):
        adhoc.carry_on(replace(small, free_disk=1000.0), adhoc.begin(small, fill))

    assert 0 < before < ROWS
    assert connection.execute(filled.encode()).fetchall() == [(before,)]
    assert ec.status(dsn)[0].state != "reverted"
    adhoc.carry_on(small, adhoc.begin(small, fill))
    found = connection.execute(f"SELECT count(*) FROM t WHERE {right}".encode())
    assert found.fetchall() == [(ROWS,)]


def test_a_table_that_nobody_has_analysed_costs_what_its_pages_say(
    runner: Runner, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE never (id int PRIMARY KEY, a text, b text)")
    connection.execute("INSERT INTO never SELECT g, md5(g::text) FROM generate_series(1, 20000) g")
    [(size,)] = connection.execute("SELECT pg_total_relation_size('never')").fetchall()

    before = foretold(runner, FillColumn(table="never", assignments=("b = upper(a)",)))
    connection.execute("ANALYZE never")
    after = foretold(runner, FillColumn(table="never", assignments=("b = upper(a)",)))

    assert before.growth_bytes is not None
    assert after.growth_bytes is not None
    assert before.growth_bytes <= 1.5 * size
    assert 0.5 * after.growth_bytes < before.growth_bytes < 2 * after.growth_bytes
