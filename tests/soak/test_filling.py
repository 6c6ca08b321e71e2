"""A backfill that is to count every row once, while everything around it breaks.

EC_SOAK_ROWS rows (a bounded number that takes about EC_SOAK_SECONDS, unless given), two processes
with two workers each, PgBouncer in transaction mode in between where it is installed, and a network
that leads to whichever server leads.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from expandcontract.embedded import Cluster, Node
from expandcontract.embedded.server import Server
from tests.soak.pooler import PROGRAM, pooled
from tests.soak.witness import Witness
from tests.support.proxy import TcpProxy
from tests.support.slow import slowed
from tests.support.walk import execute

SECONDS = float(os.environ.get("EC_SOAK_SECONDS", "60"))
GIVEN = int(os.environ.get("EC_SOAK_ROWS", "0"))
ROWS = GIVEN or int(SECONDS * 1000)
#: Without a number of rows, each of them takes a moment, so that there is time to do harm.
VALUE = "n + 1" if GIVEN else "n + 1 + (pg_sleep(0.0005) IS NULL)::int"
EC = "import sys; from expandcontract.cli import main; main(sys.argv[1:])"
LIMIT = 1.0
COMMAND = ("backfill", "t", "--set", f"n = {VALUE}", "--workers", "2", "--max-lag", f"{LIMIT:g}s")
SLOW = 0.12 if GIVEN else 0.01
"""The share of the time in which the slow standby replays."""
SLOW_SECONDS = max(8.0, SECONDS / 6)

# Each chunk writes down when it began, in its own transaction.
LOG = (
    "CREATE TABLE begun (at timestamptz NOT NULL)",
    """CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO begun VALUES (transaction_timestamp()); RETURN NULL; END'""",
    "CREATE TRIGGER note AFTER UPDATE ON t EXECUTE FUNCTION note()",
)
AGREE = """
    SELECT ((SELECT count(*) FROM t WHERE n = 1)
            = (SELECT sum(rows_written) FROM expandcontract.lanes))::int
"""


@dataclass(slots=True)
class Crowd:
    """Processes that run the same command, and the address that leads to the database."""

    dsn: str
    running: list["subprocess.Popen[str]"] = field(default_factory=list)

    def ec(self, *words: str) -> str:
        done = self._ran(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _ran(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", EC, *words],
            env={**os.environ, "EC_DATABASE_URL": self.dsn},
            capture_output=True,
            text=True,
            check=False,
        )

    def status(self) -> dict[str, Any]:
        """Of the one change; a pooler that has just lost its server is asked again."""
        found: list[subprocess.CompletedProcess[str]] = []

        def answered() -> bool:
            found.append(self._ran("status", "--json"))
            assert found[-1].returncode in {0, 3}, found[-1].stderr
            return found[-1].returncode == 0

        eventually(answered)
        [change] = json.loads(found[-1].stdout)["changes"]
        return dict(change)

    def begin(self) -> None:
        """One more process."""
        self.running.append(
            subprocess.Popen(
                [sys.executable, "-c", EC, *COMMAND, "-q"],
                env={**os.environ, "EC_DATABASE_URL": self.dsn},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        )

    def murder(self, luck: random.Random) -> None:
        """`kill -9` one of them, and begin another in its place."""
        victim = self.running.pop(luck.randrange(len(self.running)))
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        self.begin()

    def ends(self) -> list[tuple[int, str]]:
        """Wait for all; how each ended."""
        found = [(p, p.communicate(timeout=SECONDS * 5 + 300)[1]) for p in self.running]
        self.running.clear()
        return [(process.returncode, said) for process, said in found]


@pytest.fixture
def crowd(breakable: Cluster) -> Iterator[tuple[Crowd, TcpProxy]]:
    execute(
        breakable.primary.dsn,
        "CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL, pad text)",
        f"INSERT INTO t SELECT g * 7, 0, repeat('x', 100) FROM generate_series(1, {ROWS}) g",
        *LOG,
        "VACUUM ANALYZE t",
    )
    breakable.wait_until_replayed()
    with ExitStack() as stack:
        proxy = stack.enter_context(TcpProxy(breakable.primary.dsn))
        crowd = Crowd(stack.enter_context(pooled(proxy.dsn)))
        yield crowd, proxy
        for process in crowd.running:
            process.kill()
            process.communicate()


def asked(dsn: str, sql: str) -> int:
    with psycopg.connect(dsn, autocommit=True) as connection:
        [(found,)] = connection.execute(sql.encode()).fetchall()
    connection.close()
    return int(found or 0)


def chunks(dsn: str) -> int:
    if not asked(dsn, "SELECT (to_regclass('expandcontract.lanes') IS NOT NULL)::int"):
        return 0
    return asked(dsn, "SELECT sum(chunks) FROM expandcontract.lanes")


def eventually(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def held(crowd: Crowd, reason: str) -> Callable[[], bool]:
    def found() -> bool:
        told = [filling["held_by"] or "" for filling in crowd.status()["backfills"]]
        return any(reason in one for one in told)

    return found


def stands_still(dsn: str) -> bool:
    """No chunk is begun for a second."""
    before = chunks(dsn)
    time.sleep(1.0)
    return chunks(dsn) == before


@pytest.mark.timeout(1800)
def test_every_row_is_counted_once_whatever_breaks(
    breakable: Cluster, crowd: tuple[Crowd, TcpProxy]
) -> None:
    crew, proxy = crowd
    luck = random.Random(int(os.environ.get("EC_SOAK_SEED", "1")))  # noqa: S311
    primary, [standby] = breakable.primary, breakable.standbys
    begun = time.monotonic()
    with Witness(primary, standby) as witness:
        highest, over = steadily_slow(crew, breakable, witness)
        if GIVEN:  # so that it lasts longer than the harm that is done
            crew.ec("tune", crew.status()["name"], f"wal_rate={GIVEN * 4 // 10**6}MB/s")
        trouble_with_the_standby(crew, breakable)
        trouble_with_everybody(crew, breakable, luck)
    too_late = witness.over(moments(primary.dsn), LIMIT)
    told = fail_over(crew, breakable, proxy)

    proxy._dsn = standby.dsn  # noqa: SLF001  # the network leads to the new primary again
    proxy.cut()
    for _ in range(2):
        crew.begin()
    if GIVEN:
        eventually(lambda: bool(crew.ec("tune", crew.status()["name"], "wal_rate=off")))
    ends = crew.ends()

    seconds = time.monotonic() - begun
    print(  # noqa: T201
        f"\n{ROWS:,} rows in {seconds:.0f} s, {'through' if PROGRAM else 'without'} a pooler; "
        f"lag of the slow standby at most {highest:.2f} s of {LIMIT:g} s, over it {over:.1%}; "
        f"{len(witness.seen):,} looks, {len(moments(standby.dsn)):,} chunks; told: {told[:300]}"
    )
    assert not too_late
    assert over < 0.05  # the machine may stop everybody for a moment; test_slow_standby is strict
    assert {code for code, _ in ends} == {0}, ends
    assert asked(standby.dsn, "SELECT count(*) FROM t WHERE n <> 1") == 0
    assert asked(standby.dsn, "SELECT count(*) FROM t") == ROWS
    assert asked(standby.dsn, AGREE)
    assert not standby.rows("SELECT FROM expandcontract.quarantine")


def moments(dsn: str) -> list[float]:
    """When each chunk began that was committed."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute("SELECT extract(epoch FROM at)::float8 FROM begun").fetchall()
    connection.close()
    return [float(at) for (at,) in rows]


def steadily_slow(crew: Crowd, cluster: Cluster, witness: Witness) -> tuple[float, float]:
    """The highest lag while the standby replays little of the time, and how often it was over."""
    primary, [standby] = cluster.primary, cluster.standbys
    with slowed(standby, SLOW):
        since = time.time()
        for _ in range(2):
            crew.begin()
        eventually(lambda: chunks(primary.dsn) > 5)
        time.sleep(SLOW_SECONDS)
        until = time.time()
    highest, over = witness.highest(since, until), witness.share_over(since, until, LIMIT)
    if GIVEN:
        assert highest > LIMIT / 10, "the standby was not slower than the primary"
    return highest, over


def trouble_with_the_standby(crew: Crowd, cluster: Cluster) -> None:
    """Frozen, not replaying, gone: nothing is begun, and the status says which and why."""
    primary, [standby] = cluster.primary, cluster.standbys
    standby.freeze()
    eventually(held(crew, "replication_lag of standby1 is"))
    assert stands_still(primary.dsn)
    standby.thaw()
    standby.pause_replay()
    eventually(held(crew, "replication_lag of standby1 is"))
    assert stands_still(primary.dsn)
    standby.resume_replay()
    moved(primary.dsn)
    standby.kill()
    eventually(held(crew, "the standby is not connected"))
    assert stands_still(primary.dsn)
    standby.start()
    moved(primary.dsn)


def moved(dsn: str) -> None:
    before = chunks(dsn)
    eventually(lambda: chunks(dsn) > before)


def trouble_with_everybody(crew: Crowd, cluster: Cluster, luck: random.Random) -> None:
    """Processes, server processes and the server itself are killed at random."""
    primary = cluster.primary
    until = time.monotonic() + SECONDS / 3
    while time.monotonic() < until:
        match luck.randrange(6):
            case 0 | 1:
                crew.murder(luck)
            case 2:
                execute(primary.dsn, "CHECKPOINT")  # a short recovery; servers have half a minute
                primary.kill()
                primary.start()
            case _:
                primary.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                    " ORDER BY random() LIMIT 2"
                )
        time.sleep(luck.random() * 3)
        assert asked(primary.dsn, AGREE), "rows and progress differ"
    for process in [one for one in crew.running if one.poll() is not None]:
        _, said = process.communicate()
        assert process.returncode in {0, 3}, said  # the same command goes on
        crew.running.remove(process)
    while len(crew.running) < 2:
        crew.begin()
    moved(primary.dsn)


def fail_over(crew: Crowd, cluster: Cluster, proxy: TcpProxy) -> str:
    """To a standby that was behind; then the old primary comes back, and is refused."""
    primary, [standby] = cluster.primary, cluster.standbys
    change = crew.status()["name"]
    crew.ec("tune", change, "max-lag=off")  # else nothing is written while it is behind
    cluster.wait_until_replayed()
    standby.kill()
    moved(primary.dsn)
    execute(primary.dsn, "CHECKPOINT")
    eventually(lambda: bool(crew.ec("tune", change, "max-lag=")))
    ahead = asked(primary.dsn, "SELECT count(*) FROM t WHERE n = 1")
    primary.kill()
    standby.start()
    standby.promote()
    proxy._dsn = standby.dsn  # noqa: SLF001
    assert asked(standby.dsn, "SELECT count(*) FROM t WHERE n = 1") < ahead
    assert asked(standby.dsn, AGREE), "rows and progress went back to two places"
    proxy.cut()
    moved(standby.dsn)

    return old_primary_returns(crew, primary, proxy)


def old_primary_returns(crew: Crowd, primary: Server, proxy: TcpProxy) -> str:
    """No row is written there: by those that know of the new one, and by a fresh process."""
    primary.start()
    at_return = asked(primary.dsn, "SELECT count(*) FROM t WHERE n = 1")
    proxy._dsn = primary.dsn  # noqa: SLF001
    proxy.cut()
    until = time.monotonic() + 45
    while time.monotonic() < until and any(one.poll() is None for one in crew.running):
        time.sleep(0.2)
    for process in crew.running:  # one that has not met the new primary misses its standby
        if process.poll() is None:
            process.terminate()
    ends = crew.ends()
    assert asked(primary.dsn, "SELECT count(*) FROM t WHERE n = 1") == at_return
    told = " ".join(said for _, said in ends)
    assert {code for code, _ in ends} <= {3, 4}, ends
    refusals = told.count("a primary from before a failover")
    assert refusals == [code for code, _ in ends].count(3)
    refused_by_the_old_one(primary)
    assert asked(primary.dsn, "SELECT count(*) FROM t WHERE n = 1") == at_return
    primary.kill()
    return told


def refused_by_the_old_one(old: Node) -> None:
    """A process that knows of no other server misses the standby that has streamed from there."""
    lone = Crowd(old.dsn)
    lone.begin()
    try:
        eventually(held(lone, "standby1 is unknown"))
        told = lone.status()["backfills"][0]["held_by"]
        assert "find out whether another server leads now" in told
    finally:
        for process in lone.running:
            process.kill()
            process.communicate()
