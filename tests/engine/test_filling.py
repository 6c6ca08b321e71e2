"""A backfill by itself: every table is filled, every row once, whatever happens meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import psycopg
import pytest

from expandcontract.changes.base import Change
from expandcontract.changes.compute_columns import ComputeColumns
from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine import adhoc, cutting, glancing, holding, turning, withheld
from expandcontract.engine.apply import make_plan
from expandcontract.engine.events import ChunkDone, Event, RowFailed, Tell, Waited
from expandcontract.engine.fillings import fillings
from expandcontract.engine.foreseen import foreseen_plan
from expandcontract.engine.runner import Runner
from expandcontract.errors import (
    CancelledError,
    ChangeRefusedError,
    NoWalkError,
    OldPrimaryError,
    RowsFailedError,
    RowsWithheldError,
    TooManyFailuresError,
)
from expandcontract.pacing.retry import Patience
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres import controls, leases, ledger
from expandcontract.postgres.origin import Origin
from expandcontract.postgres.session import PsycopgSession, borrowed, open_session
from tests.support.proxy import TcpProxy
from tests.support.walk import execute

ROWS = 3000
WIDE = "repeat('x', 700)"
COUNT = FillColumn(table="t", assignments=("n = n + 1",))
COPY = FillColumn(table="t", assignments=("n = length(pad) + 1",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table of rows with `pad` and `n`, by its key."""

    id: str
    columns: str
    key: str
    rows: str = f"SELECT g, {WIDE}, 0 FROM generate_series(1, {ROWS}) g"
    more: str = ""

    def __str__(self) -> str:
        return self.id

    def build(self, dsn: str) -> None:
        execute(
            dsn,
            f"CREATE TABLE t ({self.columns}, pad text, n int {self.key})",
            self.more,
            f"INSERT INTO t {self.rows}",
            "ANALYZE t",
        )


BIGINT = Shape(id="bigint", columns="id bigint", key=", PRIMARY KEY (id)")
UUID = Shape(
    id="uuid",
    columns="id uuid",
    key=", PRIMARY KEY (id)",
    rows=f"SELECT md5(g::text)::uuid, {WIDE}, 0 FROM generate_series(1, {ROWS}) g",
)
NO_KEY = Shape(id="no key", columns="id bigint", key="")
PARTED = Shape(
    id="partitioned",
    columns="id bigint",
    key=", PRIMARY KEY (id)) PARTITION BY RANGE (id",
    more="CREATE TABLE p1 PARTITION OF t FOR VALUES FROM (0) TO (2500);"
    "CREATE TABLE p2 PARTITION OF t DEFAULT",
)
SHAPES = (
    BIGINT,
    UUID,
    NO_KEY,
    PARTED,
    Shape(id="indexed target", columns="id bigint", key=", PRIMARY KEY (id), UNIQUE (id, n)"),
    Shape(
        id="composite",
        columns='"a %s" text, b int',
        key=', PRIMARY KEY (b, "a %s")',
        rows=f"SELECT 'x' || g, g % 7, {WIDE}, 0 FROM generate_series(1, {ROWS}) g",
    ),
    Shape(
        id="sparse",
        columns="id bigint",
        key=", PRIMARY KEY (id)",
        rows=f"SELECT g::bigint * g * 1000003, {WIDE}, 0 FROM generate_series(1, {ROWS}) g",
    ),
    Shape(
        id="empty", columns="id bigint", key=", PRIMARY KEY (id)", rows="SELECT 1, '', 0 LIMIT 0"
    ),
    Shape(id="one row", columns="id text", key=", PRIMARY KEY (id)", rows="SELECT 'é', 'x', 0"),
)


@pytest.fixture(autouse=True)
def many_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small table is cut as a large one would be."""
    monkeypatch.setattr(cutting, "LANE_BLOCKS", 64)
    monkeypatch.setattr(turning, "WINDOW", 16)


@contextmanager
def runner(dsn: str, tell: Tell = lambda _: None) -> Iterator[Runner]:
    session = open_session(dsn)
    try:
        yield Runner(
            session=session,
            limits={"replication_lag": None},
            sizing=Sizing(first=100, smallest=10, largest=200),
            patience=Patience(pause=0.02),
            tell=tell,
        )
    finally:
        session.close()


def filled(dsn: str, change: FillColumn, **options: object) -> list[Event]:
    """Carry the backfill to its end; what was told."""
    events: list[Event] = []
    with runner(dsn, events.append) as plain:
        run = replace(plain, **options)  # type: ignore[arg-type]
        adhoc.carry_on(run, adhoc.begin(run, change))
    return events


def values(dsn: str, what: str = "n") -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        sql = f"SELECT {what}, count(*) FROM t GROUP BY 1 ORDER BY 1"
        found = connection.execute(sql.encode()).fetchall()
    connection.close()
    return found


def updates(dsn: str) -> tuple[int, int]:
    """How many rows were updated, and how many of them stayed on their page."""
    asked = (
        "SELECT pg_stat_get_tuples_updated('t'::regclass), "
        "pg_stat_get_tuples_hot_updated('t'::regclass)"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        made: list[tuple[int, int]] = []

        def all_told() -> bool:
            made[:] = connection.execute(asked.encode()).fetchall()
            return made[0][0] >= ROWS

        eventually(all_told)
    connection.close()
    return made[0]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("workers", [1, 2])
def test_every_row_is_filled_whatever_the_table_is(dsn: str, shape: Shape, workers: int) -> None:
    shape.build(dsn)

    events = filled(dsn, COPY, workers=workers)

    assert values(dsn, "n = length(pad) + 1") in ([], [(True, 1)], [(True, ROWS)])
    rows = [event.progress.rows_written for event in events if isinstance(event, ChunkDone)]
    assert max(rows, default=0) in {0, 1, ROWS}


@pytest.mark.parametrize("shape", [BIGINT, UUID, PARTED], ids=str)
def test_a_counter_is_counted_once_while_connections_are_ended(dsn: str, shape: Shape) -> None:
    shape.build(dsn)
    over = threading.Event()

    def harm() -> None:
        with psycopg.connect(dsn, autocommit=True, application_name="harm") as connection:
            for _ in range(6):
                if over.wait(0.5):
                    break
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                    " application_name = 'expandcontract' AND datname = current_database()"
                    " ORDER BY random() LIMIT 1"
                )
        connection.close()

    thread = threading.Thread(target=harm)
    with runner(dsn) as run:
        record = adhoc.begin(run, COUNT)
    thread.start()
    try:
        with runner(dsn) as run:
            slow = replace(run, sizing=Sizing(first=25, smallest=25, largest=25), workers=2)
            adhoc.carry_on(slow, record)
    finally:
        over.set()
        thread.join()

    assert values(dsn) == [(1, ROWS)]


def test_a_commit_whose_answer_was_lost_is_not_done_again(dsn: str) -> None:
    BIGINT.build(dsn)
    with TcpProxy(dsn) as proxy:
        lost = 0

        def tell(event: Event) -> None:
            nonlocal lost
            if isinstance(event, ChunkDone) and lost < 5:
                lost += 1
                proxy.swallow_reply_to(b"COMMIT")

        with runner(proxy.dsn, tell) as run:
            adhoc.carry_on(run, adhoc.begin(run, COUNT))

    assert lost == 5
    assert values(dsn) == [(1, ROWS)]


@pytest.mark.parametrize("shape", [UUID, NO_KEY], ids=str)
def test_rows_that_move_meanwhile_are_not_missed(dsn: str, shape: Shape) -> None:
    shape.build(dsn)
    execute(dsn, "ALTER TABLE t ADD other text", "DELETE FROM t WHERE random() < 0.2")
    over = threading.Event()

    def move() -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not over.is_set():
                connection.execute(
                    "UPDATE t SET other = 'y' WHERE ctid = ANY (ARRAY(SELECT ctid"
                    " FROM t ORDER BY random() LIMIT 40))"
                )
        connection.close()

    thread = threading.Thread(target=move)
    thread.start()
    try:
        filled(dsn, COPY, patience=Patience(pause=0.02))
    finally:
        over.set()
        thread.join()

    assert [row[0] for row in values(dsn, "n = length(pad) + 1")] == [True]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("at_once", [glancing.AT_ONCE, 0])
def test_a_small_table_is_looked_at_in_one_query(
    dsn: str, workers: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    BIGINT.build(dsn)
    monkeypatch.setattr(glancing, "AT_ONCE", at_once)

    filled(dsn, COPY, workers=workers)

    looks = "SELECT lane, chunks, finished_at FROM expandcontract.lanes WHERE stage > 0 ORDER BY 1"
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute(looks.encode()).fetchall()
    connection.close()
    assert len(found) > 1
    assert all(ended is not None for _, _, ended in found)
    if at_once:  # a second worker may have begun with another lane meanwhile
        assert found[0][1] == 0
    else:
        assert all(chunks for _, chunks, _ in found)


def test_a_glance_that_fails_at_a_row_leaves_it_to_the_look_in_chunks(dsn: str) -> None:
    BIGINT.build(dsn)
    execute(dsn, "UPDATE t SET pad = 'x' WHERE id = 7", "VACUUM t")
    change = FillColumn(table="t", assignments=("n = 1 / (length(pad) - 1) + 1",))

    with pytest.raises(RowsFailedError, match="1 row"):
        filled(dsn, change)
    execute(dsn, "UPDATE t SET pad = 'xx' WHERE id = 7")
    filled(dsn, change, quarantined=True)

    assert values(dsn) == [(1, ROWS - 1), (2, 1)]


def test_rows_that_fail_are_kept_apart_and_tried_again(dsn: str) -> None:
    BIGINT.build(dsn)
    execute(dsn, "ALTER TABLE t ADD CONSTRAINT odd CHECK (id % 1000 <> 7 OR n < 5) NOT VALID")

    with pytest.raises(RowsFailedError) as failed:
        filled(dsn, COPY)

    assert failed.value.rows == 3
    assert 'violates check constraint "odd"' in str(failed.value)
    assert f"ec backfill {COPY.name} --quarantined" in str(failed.value)
    assert values(dsn, "n > 0") == [(False, 3), (True, ROWS - 3)]
    with pytest.raises(RowsFailedError):
        filled(dsn, COPY, quarantined=True)

    execute(dsn, "ALTER TABLE t DROP CONSTRAINT odd", "DELETE FROM t WHERE id = 7")
    filled(dsn, COPY, quarantined=True)

    assert values(dsn, "n > 0") == [(True, ROWS - 1)]
    with runner(dsn) as run:
        assert ledger.named(run.session, COPY.name).outcome == "closed"


def test_rows_that_a_trigger_kept_back_beside_failing_ones_are_not_forgotten(dsn: str) -> None:
    """The run that told of the failing ones did not come to ask for the others."""
    BIGINT.build(dsn)
    execute(
        dsn,
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$"
        "BEGIN IF new.id % 500 = 0 THEN RETURN NULL; END IF;"
        " IF new.id % 1000 = 7 THEN RAISE 'no'; END IF; RETURN new; END$$",
        "CREATE TRIGGER keep BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep()",
    )
    with pytest.raises(RowsFailedError):
        filled(dsn, COPY)

    execute(dsn, "DROP TRIGGER keep ON t")
    filled(dsn, COPY, quarantined=True)

    assert values(dsn, "n > 0") == [(True, ROWS)]


@pytest.mark.parametrize("shape", [BIGINT, NO_KEY, PARTED], ids=str)
def test_rows_that_a_trigger_keeps_back_are_told_and_written_when_it_is_gone(
    dsn: str, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withheld, "PIECE", ROWS // 4 - 1)
    shape.build(dsn)
    execute(
        dsn,
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$"
        "BEGIN IF new.id % 500 = 0 THEN RETURN NULL; END IF; RETURN new; END$$",
        "CREATE TRIGGER keeps BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep()",
    )

    for _ in range(2):
        with pytest.raises(RowsWithheldError, match=r"6 rows are as before.*keeps") as kept:
            filled(dsn, COPY)
        assert (kept.value.rows, bool(kept.value.samples)) == (6, shape is not NO_KEY)
        assert values(dsn, "n > 0") == [(False, 6), (True, ROWS - 6)]

    execute(dsn, "DROP TRIGGER keeps ON t")
    filled(dsn, COPY)

    assert values(dsn, "n > 0") == [(True, ROWS)]


def test_a_trigger_that_keeps_nothing_back_is_in_nobodys_way(dsn: str) -> None:
    BIGINT.build(dsn)
    execute(
        dsn,
        "CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$",
        "CREATE TRIGGER passes BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION pass()",
    )

    filled(dsn, COPY)
    told = [one.reason for one in filled(dsn, COUNT) if isinstance(one, Waited)]

    assert values(dsn, "n > 0") == [(True, ROWS)]
    assert not any("passes" in reason for reason in told)


def test_a_budget_stops_when_too_many_rows_fail(dsn: str) -> None:
    BIGINT.build(dsn)
    execute(dsn, "ALTER TABLE t ADD CONSTRAINT odd CHECK (id % 100 <> 7 OR n < 5) NOT VALID")

    with pytest.raises(TooManyFailuresError, match="more than 4 rows fail"):
        filled(dsn, COPY, most_failures=4)
    with pytest.raises(TooManyFailuresError, match="more than 8 rows fail"):
        filled(dsn, COPY, most_failures=8)
    with pytest.raises(RowsFailedError, match="30 rows are in quarantine"):
        filled(dsn, COPY, most_failures=1000)


def test_a_counter_skips_the_row_that_fails_and_counts_it_later(dsn: str) -> None:
    UUID.build(dsn)
    execute(
        dsn,
        "ALTER TABLE t ADD CONSTRAINT odd CHECK (n < 9) NOT VALID",
        "UPDATE t SET n = 8 WHERE id = md5('5')::uuid",
    )

    with pytest.raises(RowsFailedError):
        filled(dsn, COUNT)
    execute(dsn, "ALTER TABLE t DROP CONSTRAINT odd")
    events = filled(dsn, COUNT, quarantined=True)

    assert values(dsn) == [(1, ROWS - 1), (9, 1)]
    assert not [event for event in events if isinstance(event, RowFailed)]


def test_a_counter_along_a_table_in_the_order_of_its_key_takes_turns(dsn: str) -> None:
    """So that most new versions stay on their page, as in a walk by blocks."""
    BIGINT.build(dsn)
    execute(dsn, "CREATE INDEX ON t (pad)", "VACUUM t")

    events = filled(dsn, COUNT, sizing=Sizing(first=30, smallest=30, largest=30))

    progress = [event.progress for event in events if isinstance(event, ChunkDone)][-1]
    assert values(dsn) == [(1, ROWS)]
    assert (progress.rows_seen, progress.rows_written) == (ROWS, ROWS)
    updated, stayed = updates(dsn)
    assert updated == ROWS
    assert stayed > 0.75 * ROWS


def test_a_counter_along_a_key_that_says_nothing_of_the_place_takes_no_turns(dsn: str) -> None:
    UUID.build(dsn)
    sizing = Sizing(first=100, smallest=100, largest=100)

    events = filled(dsn, COUNT, sizing=sizing)

    chunks = sum(isinstance(event, ChunkDone) for event in events)
    assert values(dsn) == [(1, ROWS)]
    assert chunks <= ROWS // 100 + 32  # one more in each lane


def test_a_counter_of_which_few_rows_are_meant_takes_no_turns(dsn: str) -> None:
    BIGINT.build(dsn)
    sizing = Sizing(first=100, smallest=100, largest=100)
    change = replace(COUNT, where="id % 50 = 0")

    events = filled(dsn, change, sizing=sizing)

    assert values(dsn) == [(0, ROWS - 60), (1, 60)]
    chunks = sum(isinstance(event, ChunkDone) for event in events)
    assert chunks <= ROWS // 100 + 32  # one more in each lane


def test_a_condition_that_fails_for_a_row_costs_that_row_only(dsn: str) -> None:
    BIGINT.build(dsn)
    change = replace(COUNT, where="1 / (id % 1000 - 7) > -9")

    with pytest.raises(RowsFailedError, match="3 rows"):
        filled(dsn, change)

    assert values(dsn) == [(0, 3), (1, ROWS - 3)]


def test_a_counter_skips_failing_rows_in_the_middle_of_a_turn(dsn: str) -> None:
    BIGINT.build(dsn)
    execute(
        dsn,
        "ALTER TABLE t ADD CONSTRAINT odd CHECK (n < 9) NOT VALID",
        "UPDATE t SET n = 8 WHERE id % 500 IN (0, 1, 2)",
        "CLUSTER t USING t_pkey",
    )

    with pytest.raises(RowsFailedError, match="18 rows"):
        filled(dsn, COUNT)
    assert values(dsn) == [(1, ROWS - 18), (8, 18)]
    execute(dsn, "ALTER TABLE t DROP CONSTRAINT odd")
    filled(dsn, COUNT, quarantined=True)

    assert values(dsn) == [(1, ROWS - 18), (9, 18)]


@pytest.mark.parametrize("assignment", ["n = n + 1", "n = (random() * 10)::int"])
def test_what_may_not_be_done_twice_needs_a_key(dsn: str, assignment: str) -> None:
    NO_KEY.build(dsn)

    with pytest.raises(NoWalkError, match="another result when it is applied twice"):
        filled(dsn, FillColumn(table="t", assignments=(assignment,)))

    assert values(dsn) == [(0, ROWS)]


def test_a_backfill_is_paused_tuned_and_cancelled_through_the_ledger(dsn: str) -> None:
    BIGINT.build(dsn)
    events: list[Event] = []
    cancelled: list[CancelledError] = []

    def chunks() -> int:
        return sum(isinstance(event, ChunkDone) for event in events)

    def fill() -> None:
        with runner(dsn, events.append) as run:
            slow = replace(run, sizing=Sizing(first=20, smallest=20, largest=20))
            try:
                adhoc.carry_on(slow, adhoc.begin(slow, COUNT))
            except CancelledError as error:
                cancelled.append(error)

    thread = threading.Thread(target=fill)
    with runner(dsn) as other:
        record = adhoc.begin(other, COUNT)
        controls.wish(other.session, record, "pause")
        thread.start()
        eventually(lambda: bool(events) and "ec resume" in str(events[-1]))
        assert chunks() == 0
        controls.tune(other.session, record, {"workers": 2, "batch-size": 1})
        controls.wish(other.session, record, "run")
        eventually(lambda: chunks() > 2)
        controls.wish(other.session, record, "cancel")
        thread.join()
        assert [error.exit_code for error in cancelled] == [4]
        controls.tune(other.session, record, {"batch-size": None, "workers": None})
        assert controls.read(other.session, record).settings == {}
    filled(dsn, COUNT)

    assert values(dsn) == [(1, ROWS)]


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_two_processes_share_the_lanes_and_each_row_is_counted_once(dsn: str) -> None:
    BIGINT.build(dsn)
    with runner(dsn) as run:
        record = adhoc.begin(run, COUNT)

    def work() -> None:
        with runner(dsn) as run:
            small = replace(run, sizing=Sizing(first=20, smallest=20, largest=20))
            with suppress(CancelledError):
                adhoc.carry_on(small, ledger.get(run.session, record.id))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert values(dsn) == [(1, ROWS)]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (FillColumn(table="t", assignments=("b = b + 1",)), "b"),
        (FillColumn(table="t", assignments=("c = c", "a = 1")), "a, c"),
        (ComputeColumns(table="t", reads=("n",), columns=("c",)), "c"),
    ],
    ids=["key", "key and partition", "in Python"],
)
def test_what_says_where_a_row_is_walked_is_not_filled(
    dsn: str, change: Change, names: str
) -> None:
    execute(
        dsn,
        "CREATE TABLE t (a int, b int, c int, n int, PRIMARY KEY (a, b, c)) PARTITION BY LIST (a);"
        "CREATE TABLE p PARTITION OF t DEFAULT PARTITION BY LIST (c);"
        "CREATE TABLE q PARTITION OF p DEFAULT",
    )
    with runner(dsn) as run, pytest.raises(ChangeRefusedError, match=f"- {names} says where"):
        make_plan(run, change)


def test_who_comes_before_the_lanes_are_laid_out_waits_for_them(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    BIGINT.build(dsn)
    monkeypatch.setattr(holding, "GRACE", 0.0)
    told: list[Event] = []
    with runner(dsn) as leads, runner(dsn) as follows:
        record = adhoc.begin(leads, COUNT)
        lease = leases.take(leads.session, record)
        assert lease is not None
        letting_go = threading.Timer(0.5, lambda: leases.release(leads.session, lease))
        letting_go.start()

        adhoc.carry_on(replace(follows, tell=told.append), record)

        letting_go.join()
    assert any(
        isinstance(event, Waited) and "waiting for its lanes" in event.reason for event in told
    )
    assert values(dsn) == [(1, ROWS)]


def test_a_session_without_a_sibling_works_alone(dsn: str) -> None:
    BIGINT.build(dsn)
    with psycopg.connect(dsn) as connection, borrowed(connection) as session:
        lonely = Lonely(connection, owned=False)
        run = Runner(session=lonely, limits={"replication_lag": None}, workers=2)
        adhoc.carry_on(run, adhoc.begin(run, COUNT))
        assert session.rows("SELECT DISTINCT n FROM t") == [(1,)]
    connection.close()


class Lonely(PsycopgSession):
    """A session of a driver that does not tell how it has connected."""

    def sibling(self) -> None:
        return None


def test_an_old_primary_is_refused() -> None:
    new = Origin("7", 2)

    new.refuse_older(Origin("7", 3))
    assert Origin("7", 3).follows(new)
    assert not new.follows(new)
    assert not Origin("8", 3).follows(new)
    with pytest.raises(OldPrimaryError, match="a primary from before a failover"):
        new.refuse_older(Origin("7", 1))
    with pytest.raises(OldPrimaryError, match="another server"):
        new.refuse_older(Origin("8", 2))


@pytest.mark.parametrize("analysed", ["p", "p1"])
def test_the_total_is_that_of_all_partitions_whoever_has_counted(
    dsn: str, connection: psycopg.Connection, analysed: str
) -> None:
    connection.execute(
        "CREATE TABLE p (id int PRIMARY KEY, a text, b text) PARTITION BY RANGE (id)"
    )
    for part in range(4):  # the last one stays empty
        bounds = f"FOR VALUES FROM ({part * 2000}) TO ({part * 2000 + 2000})"
        connection.execute(f"CREATE TABLE p{part} PARTITION OF p {bounds}".encode())
    connection.execute("INSERT INTO p SELECT g, md5(g::text) FROM generate_series(0, 5999) g")
    connection.execute(f"ANALYZE {analysed}".encode())

    with runner(dsn) as run:
        fill = FillColumn(table="p", assignments=("b = a",))
        [step] = foreseen_plan(run, adhoc.checked_plan(run, fill))
        record = adhoc.begin(run, fill)
        adhoc.carry_on(run, record)
        [found] = fillings(run.session)[record.id]

    assert step.rows_estimated is not None
    assert found.rows_estimated is not None
    assert 5400 < step.rows_estimated < 6600
    assert 5400 < found.rows_estimated < 7200  # the sample of the first has added some pages


def test_a_total_is_unknown_where_nobody_has_counted(
    dsn: str, connection: psycopg.Connection
) -> None:
    for command in (
        "CREATE TABLE p (id int PRIMARY KEY, a text, b text) PARTITION BY RANGE (id)",
        "CREATE TABLE p0 PARTITION OF p FOR VALUES FROM (0) TO (2000)",
        "CREATE TABLE p1 PARTITION OF p DEFAULT",  # stays empty
        "INSERT INTO p SELECT g, md5(g::text) FROM generate_series(0, 1999) g",
    ):
        connection.execute(command.encode())

    with runner(dsn) as run:
        record = adhoc.begin(run, FillColumn(table="p", assignments=("b = a",)))
        adhoc.carry_on(run, record)
        [found] = fillings(run.session)[record.id]

    assert (found.rows_estimated, found.rows_seen) == (None, 2000)


def test_a_table_goes_by_one_name_however_it_is_quoted(
    dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute('CREATE TABLE "select" (id int PRIMARY KEY, n int)')
    with runner(dsn) as run:
        begun = [
            adhoc.begin(run, FillColumn(table=table, assignments=("n = id",)))
            for table in ("select", '"select"')
        ]

    assert begun[0] == begun[1]


def test_a_claimed_name_is_read_as_this_release_spells_it(
    dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute('CREATE TABLE "select" (id int PRIMARY KEY, n int)')
    change = FillColumn(table="select", assignments=("n = id",))
    with runner(dsn) as run:
        record = adhoc.begin(run, change)
        connection.execute(
            "UPDATE expandcontract.changes"
            " SET definition = jsonb_set(definition, '{fields,table}', '\"\\\"select\\\"\"')"
        )

        assert adhoc.begin(run, change).id == record.id
