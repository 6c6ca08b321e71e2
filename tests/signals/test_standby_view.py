"""A standby that is asked itself: its delay, its promotion, its end."""

import time
from collections.abc import Callable

import psycopg
import pytest

from expandcontract.embedded import Cluster, Node, Topology
from expandcontract.pacing.throttle import Hold, Reading, pace
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import PsycopgSession
from expandcontract.postgres.standby_view import PROMOTED, StandbyView
from expandcontract.signals.base import Watch
from expandcontract.signals.replication_lag import SIGNAL

Connect = Callable[..., psycopg.Connection]


def watching(view: StandbyView, primary: psycopg.Connection) -> Callable[[], Reading]:
    watch = Watch(
        name="replication_lag", unit=Unit.SECONDS, limit=0.5, clock=time.monotonic, views=(view,)
    )
    read, session = SIGNAL.start(watch), PsycopgSession(primary, owned=False)

    def look() -> Reading:
        [reading] = read(session)
        return reading

    return look


def until(look: Callable[[], Reading], right: Callable[[Reading], bool]) -> Reading:
    deadline = time.monotonic() + 20
    while not right(reading := look()):
        assert time.monotonic() < deadline, str(reading)
        time.sleep(0.05)
    return reading


def test_a_delay_is_subtracted_and_a_promotion_or_an_end_holds(
    breakable: Cluster, connect: Connect
) -> None:
    [standby] = breakable.standbys
    primary = connect(breakable.primary.dsn)
    view = StandbyView(standby.dsn, time.monotonic).start()
    look = watching(view, primary)
    until(look, lambda reading: reading.value == 0.0)

    standby.delay_replay(2_000)
    deadline = time.monotonic() + 20
    while view.sight().delay != 2.0:  # the server reads its settings again when it likes
        assert time.monotonic() < deadline, view.sight()
        time.sleep(0.01)
    primary.execute("CREATE TABLE t (a int)")
    begun, delayed = time.monotonic(), []
    while time.monotonic() - begun < 1.8:
        delayed.append(look())
        time.sleep(0.05)
    standby.delay_replay(0)
    until(look, lambda reading: reading.value == 0.0)
    standby.promote()
    promoted = until(look, lambda reading: reading.value is None)
    standby.kill()
    ended = until(look, lambda reading: "does not answer" in reading.problem)
    view.close()

    # Without the subtraction it would have been over its limit of half a second most of the time.
    assert all(reading.value == 0.0 for reading in delayed), [str(one) for one in delayed]
    assert {reading.of for reading in (*delayed, promoted, ended)} == {"standby1"}
    assert promoted.problem == PROMOTED
    assert isinstance(pace([promoted]), Hold)
    assert isinstance(pace([ended]), Hold)


def test_a_role_that_may_not_see_the_standbys_measures_on_the_standby_itself(
    replicated: Topology[Node], connect: Connect
) -> None:
    admin = connect(replicated.primary.dsn)
    admin.execute("CREATE ROLE ec_view_plain LOGIN PASSWORD 'plain'")
    replicated.wait_until_replayed()
    parameters = {"user": "ec_view_plain", "password": "plain"}
    on_standby = psycopg.conninfo.make_conninfo(replicated.standbys[0].dsn, **parameters)
    primary = connect(replicated.primary.dsn, **parameters)
    view = StandbyView(on_standby, time.monotonic).start()

    reading = until(watching(view, primary), lambda reading: reading.value == 0.0)
    view.close()
    primary.close()
    admin.execute("DROP ROLE ec_view_plain")

    assert reading.problem == ""
    assert "plain" not in str(reading)


@pytest.mark.parametrize("hosts", ["127.0.0.1", "127.0.0.1,127.0.0.1"])
def test_a_standby_that_cannot_be_connected_to_is_named_with_the_error(hosts: str) -> None:
    view = StandbyView(f"r2=postgresql://joe:secret@{hosts}/x?port=1", time.monotonic).start()
    sight = view.sight(10.0)
    view.close()

    assert sight.name == "r2"
    assert "Connection refused" in sight.problem
    assert "secret" not in sight.problem


def test_a_standby_answers_whatever_level_transactions_have(
    replicated: Topology[Node], replicated_dsn: str, connect: Connect
) -> None:
    """One that only follows has no serializable transactions."""
    primary = connect(replicated_dsn)
    name = psycopg.sql.Identifier(primary.info.dbname)
    level = "ALTER DATABASE {} SET default_transaction_isolation = serializable"
    primary.execute(psycopg.sql.SQL(level).format(name))
    replicated.wait_until_replayed()
    [standby] = replicated.standbys
    view = StandbyView(standby.dsn_of(primary.info.dbname), time.monotonic).start()
    try:
        deadline = time.monotonic() + 20
        while (sight := view.sight(5.0)).problem:
            assert time.monotonic() < deadline, sight
            time.sleep(0.02)
    finally:
        view.close()
    assert sight.replayed is not None
