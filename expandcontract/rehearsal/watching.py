"""A statement that no transaction allows, watched from outside while it runs.

Its locks are gone when it ends, and on small tables it ends soon. So a session of ours holds a
row lock on its tables, as any writer would, until the statement is seen waiting.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql

from expandcontract.rehearsal.looking import Held, strongest

LOCKS: LiteralString = """
    SELECT relation, mode FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND pid = %s
"""
WAITS: LiteralString = """
    SELECT wait_event_type IS NOT DISTINCT FROM 'Lock'
    FROM pg_catalog.pg_stat_activity WHERE pid = %s
"""
EVERY = 0.001
PATIENCE = 5.0
"""Seconds after which whoever stands in the way goes, seen or not."""


@contextmanager
def watched(address: str, pid: int, tables: Iterable[str]) -> Iterator[Held]:
    """Take down what a server process holds or wants during the block; the answer fills itself."""
    held: Held = {}
    over = threading.Event()
    with (
        closing(psycopg.connect(address, autocommit=True)) as observer,
        closing(psycopg.connect(address)) as blocker,
    ):
        for table in tables:
            blocker.execute(sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE").format(sql.SQL(table)))
        thread = threading.Thread(target=_watch, args=(observer, blocker, pid, held, over))
        thread.start()
        try:
            yield held
        finally:
            over.set()
            thread.join()


def _watch(
    observer: psycopg.Connection,
    blocker: psycopg.Connection,
    pid: int,
    held: Held,
    over: threading.Event,
) -> None:
    until, stands = time.monotonic() + PATIENCE, True
    try:
        while not over.wait(EVERY):
            _note(observer, pid, held)
            waits = any(row[0] for row in observer.execute(WAITS, [pid]).fetchall())
            if stands and (waits or time.monotonic() > until):
                _note(observer, pid, held)
                blocker.rollback()
                stands = False
    finally:
        blocker.close()  # whatever happens here, nobody waits for us


def _note(observer: psycopg.Connection, pid: int, held: Held) -> None:
    for oid, mode in strongest(observer.execute(LOCKS, [pid]).fetchall()).items():
        held[oid] = max(mode, held.get(oid, mode))
