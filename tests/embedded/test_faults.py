"""Servers that are killed, frozen, held back and promoted, as all other tests need them."""

import time

import psycopg
import pytest

from expandcontract.embedded import Cluster, ServerTimeoutError
from tests.conftest import Connect


def rows(server_dsn: str) -> int:
    with psycopg.connect(server_dsn, autocommit=True) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM kept")
    connection.close()
    return int(count)


@pytest.fixture
def kept(breakable: Cluster, connect: Connect) -> psycopg.Connection:
    """A table with one row, on the primary and on the standby."""
    connection = connect(breakable.primary.dsn)
    connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
    breakable.wait_until_replayed()
    return connection


def test_a_killed_primary_comes_back_with_what_was_committed(
    breakable: Cluster, kept: psycopg.Connection, connect: Connect
) -> None:
    breakable.primary.kill()

    with pytest.raises(psycopg.OperationalError):
        kept.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        connect(breakable.primary.dsn)
    breakable.primary.start()
    assert rows(breakable.primary.dsn) == 1
    breakable.wait_until_streaming()


def test_a_restart_keeps_the_address_and_the_standby(
    breakable: Cluster, kept: psycopg.Connection
) -> None:
    address = breakable.primary.dsn

    breakable.primary.restart()

    assert breakable.primary.dsn == address
    with pytest.raises(psycopg.OperationalError):
        kept.execute("SELECT 1")
    breakable.primary.rows("INSERT INTO kept VALUES (2) RETURNING id")
    breakable.wait_until_streaming()
    breakable.wait_until_replayed()
    assert rows(breakable.standbys[0].dsn) == 2


def test_a_killed_standby_leaves_the_list_and_catches_up_later(
    breakable: Cluster, kept: psycopg.Connection
) -> None:
    [standby] = breakable.standbys
    standby.kill()
    with pytest.raises(ServerTimeoutError, match="streaming to all did not come true"):
        breakable.wait_until_streaming(0.1)
    kept.execute("INSERT INTO kept VALUES (2)")

    standby.start()

    breakable.wait_until_streaming()
    breakable.wait_until_replayed()
    assert rows(standby.dsn) == 2


def test_a_frozen_server_is_silent_and_goes_on_later(
    breakable: Cluster, kept: psycopg.Connection, connect: Connect
) -> None:
    breakable.primary.freeze()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        connect(breakable.primary.dsn, connect_timeout=2)

    breakable.primary.thaw()

    assert kept.execute("SELECT id FROM kept").fetchall() == [(1,)]


def test_a_paused_standby_shows_old_rows_and_then_catches_up(
    breakable: Cluster, kept: psycopg.Connection
) -> None:
    [standby] = breakable.standbys
    standby.pause_replay()
    kept.execute("INSERT INTO kept VALUES (2)")
    with pytest.raises(ServerTimeoutError, match="standby1: replay up to"):
        breakable.wait_until_replayed(0.2)
    assert rows(standby.dsn) == 1

    standby.resume_replay()

    breakable.wait_until_replayed()
    assert rows(standby.dsn) == 2


def test_a_delayed_standby_is_late_by_that_much(
    breakable: Cluster, kept: psycopg.Connection
) -> None:
    [standby] = breakable.standbys
    standby.delay_replay(400)
    begin = time.monotonic()
    kept.execute("INSERT INTO kept VALUES (2)")

    breakable.wait_until_replayed()

    assert time.monotonic() - begin >= 0.3


def test_a_standby_takes_over_from_a_killed_primary(
    breakable: Cluster, kept: psycopg.Connection
) -> None:
    [standby] = breakable.standbys
    breakable.primary.kill()
    assert kept.info.dbname == "postgres"

    standby.promote()

    assert standby.rows("INSERT INTO kept VALUES (2) RETURNING pg_is_in_recovery()") == [(False,)]
    assert rows(standby.dsn) == 2
