"""The broken network that other tests rely on."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import Connect
from tests.support.proxy import TcpProxy


@pytest.fixture
def proxy(dsn: str) -> Iterator[TcpProxy]:
    with TcpProxy(dsn) as proxy:
        yield proxy


@pytest.fixture
def remote(proxy: TcpProxy, connect: Connect) -> psycopg.Connection:
    return connect(proxy.dsn)


def test_a_cut_breaks_connections_and_lets_new_ones_in(
    proxy: TcpProxy, remote: psycopg.Connection, connect: Connect
) -> None:
    proxy.cut()

    with pytest.raises(psycopg.OperationalError):
        remote.execute("SELECT 1")
    assert connect(proxy.dsn).execute("SELECT 1").fetchall() == [(1,)]


def test_who_is_connected_stays_while_others_are_refused(
    proxy: TcpProxy, remote: psycopg.Connection, connect: Connect
) -> None:
    proxy.refuse()

    with pytest.raises(psycopg.OperationalError, match="refused"):
        connect(proxy.dsn)
    assert remote.execute("SELECT 1").fetchall() == [(1,)]
    proxy.accept()
    connect(proxy.dsn)


def test_a_frozen_way_is_silent_until_it_thaws(
    proxy: TcpProxy, remote: psycopg.Connection, connect: Connect
) -> None:
    proxy.freeze()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        connect(proxy.dsn, connect_timeout=2)

    proxy.thaw()

    assert remote.execute("SELECT 1").fetchall() == [(1,)]


def test_a_delay_counts_in_both_directions(proxy: TcpProxy, remote: psycopg.Connection) -> None:
    proxy.delay(0.1)
    begin = time.monotonic()
    remote.execute("SELECT 1")

    assert time.monotonic() - begin >= 0.2


def test_a_lost_reply_leaves_the_commit_done(
    proxy: TcpProxy, remote: psycopg.Connection, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE done (id int)")
    remote.execute("BEGIN")
    remote.execute("INSERT INTO done VALUES (1)")
    proxy.swallow_reply_to(b"COMMIT")

    with pytest.raises(psycopg.OperationalError):
        remote.execute("COMMIT")
    assert connection.execute("SELECT id FROM done").fetchall() == [(1,)]
