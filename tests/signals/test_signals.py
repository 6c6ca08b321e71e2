"""Every signal but lag, on a server that really is in that state."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from expandcontract.embedded import Cluster, Node, Topology
from expandcontract.pacing.throttle import Hold, Reading, pace
from expandcontract.postgres.session import PsycopgSession, Session
from expandcontract.signals.base import Watch, measured
from expandcontract.signals.registry import known

Connect = Callable[..., psycopg.Connection]
Look = Callable[[], list[Reading]]


def looking(
    name: str, session: Session, *, limit: float = 1e18, table: str = "", source: str = ""
) -> Look:
    signal = known()[name]
    watch = Watch(
        name=name,
        unit=signal.unit,
        limit=limit,
        clock=time.monotonic,
        table=table,
        source=source,
    )
    read = signal.start(watch)
    return lambda: measured(watch, read, session)


def session_to(connection: psycopg.Connection) -> Session:
    return PsycopgSession(connection, owned=False)


@pytest.fixture
def session(connection: psycopg.Connection) -> Session:
    return session_to(connection)


def until(look: Look, right: Callable[[list[Reading]], bool]) -> list[Reading]:
    deadline = time.monotonic() + 20
    while not right(found := look()):
        assert time.monotonic() < deadline, [str(reading) for reading in found]
        time.sleep(0.05)
    return found


@contextmanager
def waiting_for(holder: psycopg.Connection, waiter: psycopg.Connection) -> Iterator[None]:
    """One session holds a row, and another one waits for it."""
    holder.execute("CREATE TABLE held (a int); INSERT INTO held VALUES (1)")
    holder.execute("BEGIN; UPDATE held SET a = 2")
    thread = threading.Thread(target=waiter.execute, args=("UPDATE held SET a = 3",))
    thread.start()
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        thread.join()


@pytest.fixture
def plain(connect: Connect, connection: psycopg.Connection) -> Iterator[Session]:
    """A role without any privilege."""
    role = f"ec_plain_{connection.info.backend_pid}"
    connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'plain'".encode())
    with connect(user=role, password="plain") as session:
        yield session_to(session)
    session.close()
    connection.execute(f"DROP ROLE {role}".encode())


def test_only_sessions_that_wait_for_us_count_as_blocked(
    connect: Connect, session: Session
) -> None:
    ours = psycopg_name(session)
    look, any_waiter = looking("blocked_sessions", session), looking("lock_waiters", session)

    with waiting_for(connect(application_name="app"), connect(application_name="app")):
        until(any_waiter, lambda found: (found[0].value or 0) >= 1)
        [blocked] = look()
        assert blocked.value == 0
    connect().execute("DROP TABLE held")
    with waiting_for(connect(application_name=ours), connect(application_name="app")):
        [blocked] = until(look, lambda found: found[0].value == 1)

    assert blocked.signal == "blocked_sessions"


def psycopg_name(session: Session) -> str:
    session.run("SET application_name = 'expandcontract of this test'")
    return "expandcontract of this test"


def test_a_role_without_privileges_sees_who_waits(
    connect: Connect, connection: psycopg.Connection, plain: Session
) -> None:
    with waiting_for(connection, connect(application_name="app")):
        until(looking("lock_waiters", plain), lambda found: (found[0].value or 0) >= 1)
    for name in ("archive_backlog", "slot_retention", "synchronous_standbys"):
        assert all(reading.value is not None for reading in looking(name, plain)()), name


@pytest.mark.parametrize("name", ["active_sessions", "oldest_transaction", "xmin_age"])
def test_what_a_role_may_not_see_is_said_with_the_grant_that_is_missing(
    name: str, plain: Session, connect: Connect
) -> None:
    connect(application_name="other").execute("BEGIN; SELECT 1")

    [reading] = looking(name, plain)()

    assert reading.value is None
    assert "not permitted" in str(reading)
    assert "GRANT pg_monitor" in str(reading)
    assert isinstance(pace([reading]), Hold)


def test_an_old_transaction_is_named_by_its_process(connect: Connect, session: Session) -> None:
    connect(application_name="report").execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")

    [reading] = until(
        looking("oldest_transaction", session, limit=0.1), lambda found: (found[0].value or 0) > 0.1
    )

    assert "report" in str(reading)
    assert isinstance(pace([reading]), Hold)


def test_a_snapshot_grows_old_with_every_transaction(connect: Connect, session: Session) -> None:
    other = connect()
    other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
    look = looking("xmin_age", session)
    [before] = look()
    for _ in range(20):
        session.run("SELECT pg_current_xact_id()")

    [after] = look()

    assert (after.value or 0) >= (before.value or 0) + 20


def test_active_sessions_are_those_of_others(connect: Connect, session: Session) -> None:
    sleeper = connect(application_name="other")

    def sleep() -> None:
        with suppress(psycopg.errors.QueryCanceled):
            sleeper.execute("SELECT pg_sleep(60)")

    thread = threading.Thread(target=sleep)
    thread.start()
    found = until(looking("active_sessions", session), lambda found: (found[0].value or 0) >= 1)
    sleeper.cancel()
    thread.join()
    assert found[0].of == ""


def test_a_slot_that_nobody_reads_retains_more_and_more(session: Session) -> None:
    session.run("SELECT pg_create_physical_replication_slot('ec_test_slot', true)")
    look = looking("slot_retention", session, limit=1000)
    try:
        session.run("SELECT pg_logical_emit_message(true, 'ec', repeat('x', 100000))")
        [reading] = [one for one in look() if one.of == "ec_test_slot"]
    finally:
        session.run("SELECT pg_drop_replication_slot('ec_test_slot')")

    assert (reading.value or 0) >= 100_000
    assert "drop the slot if nobody will" in str(reading)
    assert [one for one in look() if one.of == "ec_test_slot"] == []


def test_the_rate_of_the_log_is_measured_over_time(session: Session) -> None:
    look = looking("wal_rate", session)
    assert look()[0].value == 0.0
    begun = time.monotonic()
    session.run("SELECT pg_logical_emit_message(false, 'ec', repeat('x', 1000000))")

    [reading] = look()

    assert (reading.value or 0) >= 1_000_000 / (time.monotonic() - begun + 0.01) / 2
    assert "/s" in str(reading)


def test_a_commit_takes_its_time(session: Session) -> None:
    [reading] = looking("commit_latency", session)()

    assert reading.value is not None
    assert 0.0 <= reading.value < 10.0


def test_dead_rows_are_a_share_of_the_table_by_any_name(session: Session) -> None:
    table = '"Odd % ""name"""'
    session.run(f"CREATE TABLE {table} (a int) WITH (autovacuum_enabled = off)")
    session.run(f"INSERT INTO {table} SELECT generate_series(1, 1000)")
    session.run(f"UPDATE {table} SET a = a + 1 WHERE a <= 500")

    [reading] = until(
        looking("dead_tuples", session, limit=20, table=table),
        lambda found: (found[0].value or 0) > 20,
    )

    assert pace([reading]) == Hold((str(reading),))
    assert "limit 20 %" in str(reading)


def test_a_vacuum_of_the_table_is_seen_by_every_role(
    connect: Connect, connection: psycopg.Connection, plain: Session
) -> None:
    connection.execute("CREATE TABLE t (a int)")
    look = looking("vacuums", plain, table="t")
    assert look()[0].value == 0

    other = connect(application_name="other")
    other.execute("BEGIN; LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE")

    assert look()[0].value == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT 7", "is 7, limit 5"),
        ("SELECT 1.5::numeric", "is 1.5, limit 5"),
        ("SELECT true", "is 5, limit 5 (the query says so)"),
        ("SELECT NULL::int", "None came"),
        ("SELECT 'many'", "'many' came"),
        ("SELECT 1, 2", "rows came"),
        ("SELECT WHERE false", "0 rows came"),
        ("SELECT a FROM nothing", "does not offer it"),
        ("CREATE TABLE made_by_a_signal ()", "read-only transaction"),
    ],
)
def test_a_query_answers_one_figure_or_is_unknown(session: Session, query: str, said: str) -> None:
    [reading] = looking("query", session, limit=5, source=query)()

    assert said in str(reading)


def test_a_missing_synchronous_standby_holds_before_a_commit_hangs(
    breakable: Cluster, connect: Connect
) -> None:
    primary, [standby] = breakable.primary, breakable.standbys
    look = looking("synchronous_standbys", session_to(connect(primary.dsn)), limit=1)
    assert look() == []
    primary.configure({"synchronous_standby_names": "ANY 1 (standby1, elsewhere)"})
    until(look, lambda found: bool(found) and found[0].value == 0)

    standby.kill()
    [reading] = until(look, lambda found: found[0].value == 1)

    assert "0 of 1 are there" in str(reading)
    assert isinstance(pace([reading]), Hold)
    primary.configure({"synchronous_standby_names": ""})


def test_bytes_behind_are_counted_while_a_standby_replays_nothing(
    breakable: Cluster, connect: Connect
) -> None:
    connection = connect(breakable.primary.dsn)
    look = looking("replication_lag_bytes", session_to(connection), limit=50_000)
    [standby] = breakable.standbys
    standby.pause_replay()
    connection.execute("SELECT pg_logical_emit_message(true, 'ec', repeat('x', 100000))")

    [reading] = until(look, lambda found: (found[0].value or 0) >= 100_000)
    standby.resume_replay()
    until(look, lambda found: found[0].value == 0)

    assert "standby1 is 97.7 kB" in str(reading) or "kB" in str(reading)
    assert isinstance(pace([reading]), Hold)


def test_an_archiver_that_fails_is_named(breakable: Cluster, connect: Connect) -> None:
    primary = breakable.primary
    connection = connect(primary.dsn)
    look = looking("archive_backlog", session_to(connection), limit=1)
    assert look() == []
    connection.execute("ALTER SYSTEM SET archive_mode = on")
    connection.execute("ALTER SYSTEM SET archive_command = 'true'")
    connection.close()
    primary.restart()
    connection = connect(primary.dsn)
    look = looking("archive_backlog", session_to(connection), limit=1)
    connection.execute("SELECT pg_switch_wal()")
    until(look, lambda found: bool(found) and found[0].value is not None)
    primary.configure({"archive_command": "false"})
    connection.execute("SELECT pg_logical_emit_message(true, 'ec', repeat('x', 100000))")
    connection.execute("SELECT pg_switch_wal()")
    connection.execute("SELECT pg_logical_emit_message(true, 'ec', repeat('x', 100000))")

    [reading] = until(look, lambda found: "fails at" in str(found[0]))

    assert (reading.value or 0) > 2**20
    assert isinstance(pace([reading]), Hold)


def test_a_primary_without_standbys_slots_and_archiver_has_nothing_to_wait_for(
    session: Session,
) -> None:
    defaults = [signal for signal in known().values() if signal.default is not None]

    readings = {
        signal.name: looking(signal.name, session, limit=signal.default or 0)()
        for signal in defaults
    }

    assert readings.pop("blocked_sessions")[0].value == 0
    assert set(readings) == {
        "replication_lag",
        "synchronous_standbys",
        "slot_retention",
        "archive_backlog",
    }
    assert all(one.of.startswith("ec_") for found in readings.values() for one in found)


def test_the_shared_primary_is_seen_through_its_slots(
    replicated: Topology[Node], connect: Connect
) -> None:
    look = looking("slot_retention", session_to(connect(replicated.primary.dsn)))

    assert "standby1" in {reading.of for reading in look()}


def test_what_is_not_a_number_is_unknown_and_holds(session: Session) -> None:
    [reading] = looking("query", session, limit=1.0, source="SELECT 'NaN'::float8")()

    assert (reading.value, reading.problem) == (None, "it is not a number")
    assert isinstance(pace([reading]), Hold)
