"""The controller on a standby that replays at any speed, simulated byte by byte and chunk by chunk.

What is simulated is the standby; positions, forecast, pace, sizes and rests are the real ones.
"""

from dataclasses import dataclass, field

import pytest

from expandcontract.pacing.lag import Positions, Replay
from expandcontract.pacing.ramp import Ramp
from expandcontract.pacing.sizing import Sizing, bounded, next_size, scaled
from expandcontract.pacing.throttle import Go, Pace, Reading, pace, rest_after

WRITES = 40e6
"""Bytes a second while a chunk is written."""
ROW = 500.0


@dataclass
class Standby:
    """Replays so many bytes a second, and says so when asked."""

    speed: float
    written: float = 0.0
    replayed: float = 0.0
    now: float = 0.0
    replaying: float = 0.0
    notes: list[tuple[float, float]] = field(default_factory=list)

    def go(self, seconds: float, *, writing: float = 0.0) -> None:
        step = 0.002
        for _ in range(max(1, round(seconds / step))):
            self.now += step
            self.written += writing * step
            if self.replayed < self.written:
                self.replayed = min(self.written, self.replayed + self.speed * step)
                self.replaying += step
            self.notes.append((self.written, self.now))

    @property
    def lag(self) -> float:
        """The true lag: the age of the first byte that is not replayed."""
        while self.notes and self.notes[0][0] <= self.replayed:
            self.notes.pop(0)
        return self.now - self.notes[0][1] if self.notes else 0.0


@dataclass
class Signal:
    """Looks at the standby as often as the engine does."""

    standby: Standby
    limit: float
    positions: Positions = field(default_factory=Positions)
    replay: Replay = field(default_factory=Replay)
    ramp: Ramp = field(default_factory=Ramp)
    at: float = float("-inf")
    reading: Reading = field(init=False)

    def forecast(self, behind: int) -> float:
        drain = self.replay.drain(behind)
        return 0.4 * self.limit if drain is None else drain

    def look(self) -> Reading:
        now, every = self.standby.now, min(0.1, max(0.05, self.limit / 16))
        if now - self.at >= (every if self.ramp.is_over else 0.05):
            position, replayed = int(self.standby.written), int(self.standby.replayed)
            self.positions.note(position, now)
            behind = position - replayed
            self.replay.note(replayed, behind, now)
            self.at = now
            self.reading = Reading(
                signal="lag",
                limit=self.limit,
                value=self.positions.lag(replayed, now),
                expected=0.4 * self.limit
                if (drain := self.replay.drain(behind)) is None
                else drain,
            )
        return self.reading

    def pace(self) -> Pace:
        reading = self.look()
        return self.ramp.limited(pace([reading]), [reading], self.at)


def run(speed: float, limit: float, seconds: float) -> tuple[float, float, int]:
    """The highest lag, the share of time in which the standby was busy, and the chunks."""
    standby = Standby(speed)
    signal, sizing = Signal(standby, limit), bounded(Sizing(), lag_limit=limit, row_bytes=ROW)
    size, highest, chunks = sizing.first, 0.0, 0
    while standby.now < seconds:
        match signal.pace():
            case Go(share):
                rows = scaled(size, share, sizing)
                took = 0.003 + rows * ROW / WRITES
                standby.go(took, writing=rows * ROW / took)
                chunks += 1
                if share >= 1 or took >= sizing.target:
                    size = next_size(rows, took, sizing)
                highest = max(highest, standby.lag)
                standby.go(rest_after(took, share))
            case _:
                standby.go(0.05)
        highest = max(highest, standby.lag)
    return highest, standby.replaying / standby.now, chunks


@pytest.mark.parametrize("limit", [0.5, 5.0])
@pytest.mark.parametrize("speed", [2e6, 8e6, 32e6])
def test_a_slow_standby_stays_under_the_limit_and_is_kept_busy(speed: float, limit: float) -> None:
    highest, busy, _ = run(speed, limit, 15.0)

    assert highest < limit
    assert busy > 0.95


def test_a_fast_standby_slows_nothing() -> None:
    _, _, chunks = run(10 * WRITES, 5.0, 5.0)

    assert chunks >= 45  # of 0.1 s each


def test_a_standby_that_stops_is_written_no_more_to_than_it_can_be() -> None:
    standby = Standby(0.0)
    signal, sizing = Signal(standby, 1.0), Sizing()
    size = sizing.first
    while standby.now < 10.0:
        match signal.pace():
            case Go(share):
                took = 0.003 + size * ROW / WRITES
                standby.go(took, writing=size * ROW / took)
                size = next_size(size, took, sizing)
                standby.go(rest_after(took, share))
            case _:
                standby.go(0.05)

    assert standby.written < WRITES / 2
