"""What a statement does that no transaction allows: its locks are seen while it waits for them.

Every table is held in one mode by a session of its own, which lets go once the statement is seen
waiting for it. Who waits for ACCESS SHARE wants ACCESS EXCLUSIVE; who waits for SHARE UPDATE
EXCLUSIVE says in which mode; who waits for ACCESS EXCLUSIVE only wants a weak one. Locks on
indexes are left out: they would be seen by chance only, since nobody can hold an index.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg
from psycopg import sql as compose

from expandcontract.model.lock import Lock
from tests.facts.lint_cases import Facts
from tests.facts.lint_relations import (
    Relations,
    plans_that_count,
    read_relations,
    what_changed,
)

RUNGS = (Lock.ACCESS_EXCLUSIVE, Lock.SHARE_UPDATE_EXCLUSIVE, Lock.ACCESS_SHARE)
SEEN: LiteralString = """
    SELECT relation, mode, granted, pg_blocking_pids(pid) FROM pg_locks
    WHERE pid = %s AND (locktype = 'relation' OR NOT granted)
"""
COUNTS: LiteralString = """
    SELECT oid, pg_stat_get_xact_numscans(oid) + pg_stat_get_numscans(oid)
    FROM pg_class WHERE relkind IN ('r', 'm')
"""
ANEW = """
    SET client_min_messages = error;
    DROP SCHEMA IF EXISTS public, archive CASCADE;
    CREATE SCHEMA public;
"""
GIVE_UP = 20.0


@dataclass
class Watch:
    """A statement at work in another thread, and what it was seen to hold or want."""

    work: Future[Facts]
    pid: int
    blockers: dict[int, psycopg.Connection]
    seen: set[tuple[int, Lock]] = field(default_factory=set)

    def look(self, observer: psycopg.Connection) -> None:
        """Note its locks; whoever is in its way lets go."""
        in_the_way: set[int] = set()
        for relation, mode, granted, blocking in observer.execute(SEEN, [self.pid]).fetchall():
            if relation is not None:
                self.seen.add((relation, next(x for x in Lock if x.pg_locks_mode == mode)))
            if not granted:
                in_the_way |= set(blocking)
        for pid in in_the_way & self.blockers.keys():
            self.blockers.pop(pid).rollback()


def measure_outside(dsn: str, setup: str, sql: str) -> Facts:
    """Run the statement once for each mode that stands in its way, each time on new tables.

    The database is for such statements alone: its schema is dropped again and again.
    """
    seen: set[tuple[str, Lock]] = set()
    facts = Facts(transactional=False)
    for rung in RUNGS:
        found, changed = _climb(dsn, setup, sql, rung)
        if changed.fails:
            return changed
        seen |= found
        facts = changed
    return Facts(
        locks=_named(seen),
        rewrites=facts.rewrites,
        scans=facts.scans,
        builds=facts.builds,
        transactional=False,
    )


def _named(seen: Iterable[tuple[str, Lock]]) -> dict[str, str]:
    modes: dict[str, Lock] = {}
    for name, mode in seen:
        modes[name] = max(mode, modes.get(name, Lock.NONE))
    return {name: str(mode) for name, mode in modes.items()}


def _climb(dsn: str, setup: str, sql: str, rung: Lock) -> tuple[set[tuple[str, Lock]], Facts]:
    with ExitStack() as stack:
        observer, runner = (
            stack.enter_context(closing(psycopg.connect(dsn, autocommit=True))) for _ in range(2)
        )
        observer.execute(f"{ANEW}{setup}".encode())
        before = read_relations(observer)
        runner.execute(plans_that_count())
        blockers = stack.enter_context(_blocked(dsn, before, rung))
        pool = stack.enter_context(ThreadPoolExecutor(1))
        work = pool.submit(_run, runner, sql, before)
        watch = Watch(work, runner.info.backend_pid, blockers)
        deadline = time.monotonic() + GIVE_UP
        while not work.done():
            watch.look(observer)
            if time.monotonic() > deadline:
                runner.cancel_safe()
            time.sleep(0.001)
        facts = work.result()
    tables = {oid: one.name for oid, one in before.items() if not one.is_index}
    return {(tables[oid], lock) for oid, lock in watch.seen if oid in tables}, facts


@contextmanager
def _blocked(dsn: str, before: Relations, rung: Lock) -> Iterator[dict[int, psycopg.Connection]]:
    """Sessions that hold a table each."""
    with ExitStack() as stack:
        blockers = {}
        for one in before.values():
            if one.kind not in "rp":
                continue
            blocker = stack.enter_context(closing(psycopg.connect(dsn)))
            lock = compose.SQL("LOCK TABLE ONLY {} IN {} MODE").format(
                compose.Identifier(*one.name.split(".")), compose.SQL(_mode(rung))
            )
            blocker.execute(lock)
            blockers[blocker.info.backend_pid] = blocker
        yield blockers


def _mode(rung: Lock) -> LiteralString:
    match rung:
        case Lock.ACCESS_EXCLUSIVE:
            return "ACCESS EXCLUSIVE"
        case Lock.SHARE_UPDATE_EXCLUSIVE:
            return "SHARE UPDATE EXCLUSIVE"
        case _:
            return "ACCESS SHARE"


def _run(runner: psycopg.Connection, sql: str, before: Relations) -> Facts:
    """Run it; what its session has counted is not reported for half a second, or is by then."""
    counted: dict[int, int] = dict(runner.execute(COUNTS).fetchall())
    try:
        runner.execute(sql.encode())
    except psycopg.Error as error:
        return Facts(fails=error.sqlstate or "?")
    scans = {oid for oid, n in runner.execute(COUNTS).fetchall() if n > counted.get(oid, 0)}
    rewrites, builds = what_changed(before, read_relations(runner))
    return Facts(
        rewrites=rewrites,
        scans=frozenset(before[oid].name for oid in scans if oid in before),
        builds=builds,
    )
