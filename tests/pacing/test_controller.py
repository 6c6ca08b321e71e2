"""The controller on a standby that replays at any speed, simulated byte by byte and chunk by chunk.

What is simulated is the standby; positions, forecast, pace, sizes and rests are the real ones. The
steps of its speed are those that were recorded of a real one: full pages of the log at 13 MB/s, the
small records behind them at 3 MB/s, with only a moment between.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import accumulate

import pytest

from expandcontract.pacing.lag import Positions, Replay
from expandcontract.pacing.ramp import Ramp
from expandcontract.pacing.sizes import Sizes
from expandcontract.pacing.sizing import Sizing, bounded
from expandcontract.pacing.throttle import (
    UNKNOWN_SPEED,
    Go,
    Pace,
    Reading,
    most_bytes,
    pace,
    rest_after,
)

WRITES = 20e6
"""Bytes a second while a chunk is written."""
ROW = 500.0
ASK_AGAIN = 0.1
STEP = 0.004
TURN = 10
"""Steps, in the first of which a standby replays that has no time for more."""

Speed = Callable[[float], float]
"""Bytes a second at a position of the log."""


@dataclass
class Standby:
    """Replays so many bytes a second, and says so when asked."""

    speed: Speed
    steps: int = TURN  #: of each turn in which it replays at all
    step: int = 0
    written: float = 0.0
    replayed: float = 0.0
    now: float = 0.0
    behind: float = 0.0  #: seconds in which it had something to replay
    highest: float = 0.0
    notes: list[tuple[float, float]] = field(default_factory=list)

    def go(self, seconds: float, *, writing: float = 0.0) -> None:
        for _ in range(max(1, round(seconds / STEP))):
            self.now += STEP
            self.step += 1
            self.written += writing * STEP
            if self.replayed < self.written:
                self.behind += STEP
                if self.step % TURN < self.steps:
                    gone = self.speed(self.replayed) * TURN / self.steps * STEP
                    self.replayed = min(self.written, self.replayed + gone)
            self.notes.append((self.written, self.now))
            self.highest = max(self.highest, self.lag)

    @property
    def lag(self) -> float:
        """The true lag: the age of the first byte that is not replayed."""
        while self.notes and self.notes[0][0] <= self.replayed:
            self.notes.pop(0)
        return self.now - self.notes[0][1] if self.notes else 0.0


@dataclass
class Signal:
    """Looks at the standby as often as the engine does, and hears of it a moment later."""

    standby: Standby
    limit: float
    positions: Positions = field(default_factory=Positions)
    replay: Replay = field(default_factory=Replay)
    ramp: Ramp = field(default_factory=Ramp)
    at: float = float("-inf")
    wrote: int = 0
    reading: Reading = field(init=False)

    def look(self) -> Reading:
        now, every = self.standby.now, min(0.1, max(0.05, self.limit / 16))
        if now - self.at >= (every if self.ramp.is_over else 0.05):
            position, replayed = int(self.standby.written), int(self.standby.replayed)
            self.positions.note(position, now)
            self.replay.note(replayed, position - replayed, now)
            self.at = now
            drain = self.replay.drain(position - replayed)
            self.reading = Reading(
                signal="lag",
                limit=self.limit,
                value=self.positions.lag(replayed, now),
                expected=UNKNOWN_SPEED * self.limit if drain is None else drain,
                speed=self.replay.speed,
                position=position,
            )
        return replace(self.reading.after(self.wrote), age=now - self.at)

    def pace(self) -> Pace:
        reading = self.look()
        return self.ramp.limited(pace([reading]), [reading], self.at)


def run(standby: Standby, limit: float, seconds: float) -> tuple[float, float, int]:
    """The highest lag, the share of time in which the standby was behind, and the chunks."""
    signal, sizing = Signal(standby, limit), bounded(Sizing(), lag_limit=limit, row_bytes=ROW)
    sizes, chunks = Sizes(), 0
    while standby.now < seconds:
        match signal.pace():
            case Go(share):
                most, begun = most_bytes([signal.look()]), standby.now
                rows = sizes.rows(share, sizing, first_turn=False, most_bytes=most)
                took = 0.004 + rows * ROW / WRITES
                standby.go(took, writing=rows * ROW / took)
                took, chunks = standby.now - begun, chunks + 1
                signal.wrote = int(standby.written)
                sizes.took(rows, took, sizing, first_turn=False)
                sizes.wrote(rows, int(rows * ROW), first_turn=False)
                standby.go(rest_after(took, share))
                sizes.passed(took, standby.now - begun)
            case _:
                standby.go(ASK_AGAIN)
    return standby.highest, standby.behind / standby.now, chunks


def steady(speed: float) -> Speed:
    return lambda _: speed


def stepped(*stretches: tuple[float, float]) -> Speed:
    """So many bytes at such a speed, then so many at another, and so on all over again."""
    ends = list(accumulate(size for size, _ in stretches))

    def speed(position: float) -> float:
        place = position % ends[-1]
        return next(of for end, (_, of) in zip(ends, stretches, strict=True) if place < end)

    return speed


@pytest.mark.parametrize(("speed", "limit"), [(2e6, 0.5), (2e6, 5.0), (16e6, 1.0)])
def test_a_slow_standby_stays_under_the_limit_and_is_kept_busy(speed: float, limit: float) -> None:
    highest, busy, _ = run(Standby(steady(speed)), limit, 10.0)

    assert highest < limit
    assert busy > 0.95


@pytest.mark.parametrize(("steps", "full_pages"), [(1, 12e6), (3, 4e6)])
def test_a_standby_that_becomes_slower_within_a_moment_stays_under_the_limit(
    steps: int, full_pages: float
) -> None:
    speed = stepped((full_pages, 13e6), (6e6, 3.2e6))
    highest, busy, _ = run(Standby(speed, steps), 1.0, 20.0)

    assert highest < 1.0
    assert busy > 0.95


def test_a_fast_standby_slows_nothing() -> None:
    _, _, chunks = run(Standby(steady(10 * WRITES)), 5.0, 5.0)

    assert chunks >= 45  # of 0.1 s each


def test_a_standby_that_stops_is_written_no_more_to_than_it_can_be() -> None:
    standby = Standby(steady(0.0))
    run(standby, 1.0, 10.0)

    assert standby.written < WRITES / 2
