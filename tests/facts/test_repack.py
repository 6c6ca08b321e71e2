"""REPACK (CONCURRENTLY) lets everybody read and write, but for the moment of the swap."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

HELD = """
    SELECT mode FROM pg_locks
    WHERE pid = %s AND relation = 'orders'::regclass AND granted ORDER BY mode
"""


@pytest.mark.pg(">= 19")
def test_it_holds_a_weak_lock_while_it_copies_and_wants_a_strong_one_at_the_end(
    connect: Callable[[], psycopg.Connection],
) -> None:
    repacks, holds, looks = connect(), connect(), connect()
    for one in (repacks, holds, looks):
        one.autocommit = True
    repacks.execute("CREATE TABLE orders (id int PRIMARY KEY)")
    repacks.execute("INSERT INTO orders SELECT generate_series(1, 1000)")
    pid = repacks.info.backend_pid

    with ThreadPoolExecutor(1) as pool:
        with holds.transaction():
            holds.execute("SELECT FROM orders LIMIT 1")
            work = pool.submit(repacks.execute, "REPACK (CONCURRENTLY) orders")
            waiting = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
            while not work.done() and looks.execute(waiting, [pid]).fetchone() != (True,):
                time.sleep(0.01)
            assert not work.done()
            assert looks.execute(HELD, [pid]).fetchall() == [("ShareUpdateExclusiveLock",)]
        work.result(60)
