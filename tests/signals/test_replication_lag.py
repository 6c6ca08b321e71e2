"""Lag as a backfill sees it, on a standby that is really behind."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from expandcontract.embedded import Cluster, Node, Topology
from expandcontract.pacing.throttle import Go, Hold, Reading, pace
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import PsycopgSession, Session
from expandcontract.signals._standbys import GONE, MISSED, NOT_PERMITTED, OLD, Standbys
from expandcontract.signals.base import Reader, Watch, measured
from expandcontract.signals.registry import known
from expandcontract.signals.replication_lag import SIGNAL

Connect = Callable[..., psycopg.Connection]
WATCH = Watch(name="replication_lag", unit=Unit.SECONDS, limit=1.0, clock=time.monotonic)


def session_to(connection: psycopg.Connection) -> Session:
    return PsycopgSession(connection, owned=False)


def write(connection: psycopg.Connection) -> None:
    connection.execute("SELECT pg_logical_emit_message(true, 'ec', repeat('x', 1000))")


def until(read: Reader, session: Session, right: Callable[[Reading], bool]) -> Reading:
    """The first reading that is right, within some seconds."""
    deadline = time.monotonic() + 15
    while True:
        [reading] = read(session)
        if right(reading):
            return reading
        assert time.monotonic() < deadline, str(reading)
        time.sleep(0.05)


def test_it_is_found_and_watched_unless_told_otherwise() -> None:
    assert known()["replication_lag"] is SIGNAL
    assert SIGNAL.default == 5.0


def test_an_idle_primary_has_standbys_without_lag(
    replicated: Topology[Node], connect: Connect
) -> None:
    replicated.wait_until_replayed()
    primary = session_to(connect(replicated.primary.dsn))
    read = SIGNAL.start(WATCH)
    until(read, primary, lambda r: r.value == 0.0)

    time.sleep(1.2)
    [reading] = read(primary)

    assert (reading.value, reading.of) == (0.0, "standby1")
    assert pace([reading]) == Go(1.0)


def test_lag_grows_while_replay_is_paused_and_falls_when_it_goes_on(
    breakable: Cluster, connect: Connect
) -> None:
    [standby] = breakable.standbys
    connection = connect(breakable.primary.dsn)
    primary, read = session_to(connection), SIGNAL.start(WATCH)
    read(primary)

    standby.pause_replay()
    write(connection)
    first = until(read, primary, lambda r: (r.value or 0) > 0.2)
    later = until(read, primary, lambda r: (r.value or 0) > 1.0)
    held = pace([later])
    standby.resume_replay()
    write(connection)
    after = until(read, primary, lambda r: r.value is not None and r.value < 0.2)

    assert first.value is not None
    assert isinstance(held, Hold)
    assert held.reasons[0].startswith("replication_lag of standby1 is 1.")
    assert pace([after]) == Go(1.0)


def test_a_standby_that_is_behind_at_the_first_look_is_not_taken_for_current(
    breakable: Cluster, connect: Connect
) -> None:
    [standby] = breakable.standbys
    connection = connect(breakable.primary.dsn)
    primary = session_to(connection)
    standby.pause_replay()
    write(connection)

    read = SIGNAL.start(WATCH)
    first = until(read, primary, lambda r: r.of == "standby1")
    held = pace([first])
    standby.resume_replay()
    write(connection)
    after = until(read, primary, lambda r: r.value is not None)

    assert first.value is None
    assert isinstance(held, Hold)
    assert "behind what was written before this began" in held.reasons[0]
    assert after.value is not None
    assert after.value < 1.0


def test_a_standby_that_was_seen_and_is_gone_holds_until_it_is_back(
    breakable: Cluster, connect: Connect
) -> None:
    [standby] = breakable.standbys
    primary, read = session_to(connect(breakable.primary.dsn)), SIGNAL.start(WATCH)
    until(read, primary, lambda r: r.value is not None)

    standby.kill()
    gone = until(read, primary, lambda r: r.problem == GONE.format(WATCH.way_on))
    standby.start()
    back = until(read, primary, lambda r: r.value is not None)

    assert (gone.of, gone.value, back.of) == ("standby1", None, "standby1")
    assert isinstance(pace([gone]), Hold)
    assert "bring it back" in str(gone)


def test_a_standby_that_is_expected_and_was_never_there_holds(
    replicated: Topology[Node], connect: Connect
) -> None:
    primary = session_to(connect(replicated.primary.dsn))
    watch = Watch(
        name="replication_lag",
        unit=Unit.SECONDS,
        limit=1.0,
        standbys=("standby1", "elsewhere"),
        clock=time.monotonic,
    )

    readings = {reading.of: reading for reading in SIGNAL.start(watch)(primary)}

    assert set(readings) == {"standby1", "elsewhere"}
    assert readings["elsewhere"].problem == GONE.format("--limit replication_lag=off")
    assert readings["standby1"].value is not None


def test_a_standby_of_an_earlier_run_is_missed_until_a_failover(
    replicated: Topology[Node], connect: Connect
) -> None:
    primary = session_to(connect(replicated.primary.dsn))
    watch = replace(WATCH, remembered=("standby1", "elsewhere"), change="some change")
    standbys = Standbys(watch)

    found = [one for one in standbys.look(primary) if isinstance(one, Reading)]
    standbys.timeline = "00000000"  # as if the next look met another server
    after = standbys.look(primary)
    standbys.timeline = "FFFFFFFF"  # as if this were the server from before
    [behind] = standbys.look(primary)

    assert [(one.of, one.problem) for one in found] == [("elsewhere", MISSED.format(watch.way_on))]
    assert [one.name for one in after] == ["standby1"]
    assert isinstance(behind, Reading)
    assert behind.problem == OLD


def test_a_primary_without_standbys_has_nothing_to_wait_for(connection: psycopg.Connection) -> None:
    assert SIGNAL.start(WATCH)(session_to(connection)) == []


@pytest.fixture
def plain_role(replicated: Topology[Node], connect: Connect) -> Iterator[psycopg.Connection]:
    admin = connect(replicated.primary.dsn)
    admin.execute("CREATE ROLE ec_lag_plain LOGIN PASSWORD 'plain'")
    session = connect(replicated.primary.dsn, user="ec_lag_plain", password="plain")
    yield session
    session.close()
    admin.execute("DROP ROLE ec_lag_plain")


def test_a_role_that_may_not_look_is_told_which_right_it_lacks(
    replicated: Topology[Node], plain_role: psycopg.Connection, connect: Connect
) -> None:
    session, read = session_to(plain_role), SIGNAL.start(WATCH)
    [reading] = read(session)
    assert (reading.value, reading.problem) == (None, NOT_PERMITTED)
    assert isinstance(pace([reading]), Hold)

    connect(replicated.primary.dsn).execute("GRANT pg_monitor TO ec_lag_plain")

    assert until(read, session, lambda r: r.value is not None).of == "standby1"


def test_a_server_that_cannot_answer_holds_and_says_why(
    replicated: Topology[Node], connect: Connect
) -> None:
    standby = session_to(connect(replicated.standbys[0].dsn))

    [reading] = measured(WATCH, SIGNAL.start(WATCH), standby)

    assert reading.value is None
    assert "recovery is in progress" in str(reading)
    assert "replication_lag=off" in str(reading)
