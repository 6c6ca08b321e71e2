"""A COMMIT that hangs on a synchronous standby, and what becomes of it: the ledger knows."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

import expandcontract as ec
from expandcontract.changes.fill_column import FillColumn
from expandcontract.embedded import Cluster
from expandcontract.engine import adhoc
from expandcontract.engine.runner import Runner
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres.opening import session_for
from tests.support.proxy import TcpProxy
from tests.support.walk import execute

ROWS = 6000
COUNT = FillColumn(table="t", assignments=("n = n + 1",))
HANGING = """
    SELECT pid FROM pg_stat_activity
    WHERE wait_event = 'SyncRep' AND query = 'COMMIT' AND application_name = 'expandcontract'
"""
UNWATCHED = ("replication_lag", "synchronous_standbys")
DONE = "SELECT count(*) FROM t WHERE n = 1"


@pytest.fixture
def cluster(breakable: Cluster) -> Iterator[Cluster]:
    execute(
        breakable.primary.dsn,
        "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)",
        f"INSERT INTO t SELECT g, 0 FROM generate_series(1, {ROWS}) g",
    )
    breakable.wait_until_replayed()
    breakable.primary.configure({"synchronous_standby_names": "standby1"})
    yield breakable
    for standby in breakable.standbys:
        standby.thaw()


def cancelled(cluster: Cluster, _proxy: TcpProxy, pid: int) -> None:
    cluster.primary.rows("SELECT pg_cancel_backend(%s)", pid)


def terminated(cluster: Cluster, _proxy: TcpProxy, pid: int) -> None:
    cluster.primary.rows("SELECT pg_terminate_backend(%s)", pid)


def never_answered(_cluster: Cluster, proxy: TcpProxy, _pid: int) -> None:
    proxy.cut()


@pytest.mark.parametrize("end", [cancelled, terminated, never_answered])
def test_a_commit_that_hangs_is_counted_once(
    cluster: Cluster, end: Callable[[Cluster, TcpProxy, int], None]
) -> None:
    primary, [standby] = cluster.primary, cluster.standbys
    errors: list[BaseException] = []

    def work(dsn: str) -> None:
        try:
            with session_for(dsn) as session:
                limits: dict[str, float | None] = dict.fromkeys(UNWATCHED)
                sizing = Sizing(first=100, largest=100)
                runner = Runner(session=session, sizing=sizing, limits=limits)
                adhoc.carry_on(runner, adhoc.begin(runner, COUNT))
        except BaseException as error:  # noqa: BLE001  # raised below
            errors.append(error)

    with TcpProxy(primary.dsn) as proxy:
        thread = threading.Thread(target=work, args=(proxy.dsn,), daemon=True)
        thread.start()
        eventually(lambda: 0 < int(primary.rows(DONE)[0][0]) < ROWS)
        standby.freeze()
        eventually(lambda: bool(primary.rows(HANGING)))
        [(pid,)] = primary.rows(HANGING)
        [filling] = ec.status(primary.dsn)[0].fillings

        end(cluster, proxy, pid)
        time.sleep(1.0)
        standby.thaw()
        thread.join(60)

    assert not thread.is_alive()
    assert not errors
    assert filling.held_by == "its COMMIT waits for a synchronous standby"
    assert primary.rows("SELECT n, count(*) FROM t GROUP BY n") == [(1, ROWS)]
    assert ec.status(primary.dsn)[0].state == "closed"


def eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
