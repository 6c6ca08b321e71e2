"""A standby that replays slowly or not at all, watched from both sides while a backfill runs.

As many rows as fit well into EC_SOAK_SECONDS for each of the two.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import expandcontract as ec
from expandcontract.embedded import Cluster
from expandcontract.engine.events import ChunkDone, Event, Held
from expandcontract.engine.walking import TELL_EVERY
from expandcontract.pacing.throttle import rest_after
from tests.bench.phases import RENAME, USERS
from tests.bench.users import execute
from tests.support.lagging import Lag
from tests.support.slow import slowed, stopped

LIMIT = 1.0
SECONDS = float(os.environ.get("EC_SOAK_SECONDS", "60"))
ROWS = max(100_000, min(300_000, int(SECONDS * 5000)))


@pytest.fixture
def dsn(breakable: Cluster) -> str:
    dsn = breakable.primary.dsn
    execute(dsn, *USERS.replace("$rows", str(ROWS)).split(";"), "VACUUM ANALYZE users")
    ec.apply(dsn, RENAME, ec.Phase.EXPAND)
    execute(dsn, "CHECKPOINT")
    breakable.wait_until_replayed()
    return dsn


@contextmanager
def filling(dsn: str) -> Iterator[list[tuple[float, Event]]]:
    """A backfill beside the block, and when it told what; the block may outlast it."""
    told: list[tuple[float, Event]] = []

    def fill() -> None:
        ec.backfill(
            dsn, RENAME, max_lag=LIMIT, tell=lambda event: told.append((time.monotonic(), event))
        )

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        yield told
    finally:
        thread.join()


def chunks(told: list[tuple[float, Event]]) -> list[tuple[float, ChunkDone]]:
    return [(at, event) for at, event in told if isinstance(event, ChunkDone)]


def test_a_slow_standby_is_kept_busy_and_never_over_the_limit(breakable: Cluster, dsn: str) -> None:
    [standby] = breakable.standbys
    with Lag(breakable.primary, standby) as lag, slowed(standby, 0.12), filling(dsn) as told:
        pass
    done = chunks(told)
    first, last = done[0][0], done[-1][0]
    rests = [(at, rest_after(event.seconds, event.share)) for at, event in done if event.share < 1]
    begun = [at - event.seconds for at, event in done]
    for at in (at for at, event in told if isinstance(event, Held)):  # told twice a second
        until = min((moment for moment in begun if moment > at), default=at)
        rests.append((at, min(TELL_EVERY, until - at)))

    assert lag.highest < LIMIT
    assert rests, "the standby was not slower than the primary"
    # Of the time, little was rested while the standby had nothing to replay: a twentieth is what
    # is promised, and the machine may have other work. At first nobody knows how fast it is.
    lost = sum(rest * lag.idle(at, at + rest) for at, rest in rests if at > first + 2)
    assert lost < 0.1 * (last - first)


def test_a_standby_that_stops_holds_and_leaves_a_small_backlog(
    breakable: Cluster, dsn: str
) -> None:
    [standby] = breakable.standbys
    with Lag(breakable.primary, standby) as lag, filling(dsn) as told:
        while len(chunks(told)) < 10:
            time.sleep(0.02)
        with stopped(standby):
            begun = time.monotonic()
            time.sleep(6.0)
            ended = time.monotonic()
    over = [at for at, seconds, _, _ in lag.seen if begun <= at <= ended and seconds > LIMIT]
    started = [at - event.seconds for at, event in chunks(told)]
    backlog = max(behind for at, _, behind, _ in lag.seen if begun <= at <= ended)

    assert over, "the standby was not stopped"
    assert not [at for at in started if over[0] + 0.2 < at < over[-1]]
    assert backlog < 120e6
