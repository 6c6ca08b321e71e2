"""Readings in, pace out, while it runs: the signals, the window and the wishes of people.

Where a backfill's speed is decided: `Pacer.look` asks every signal that has a limit, and
`pacing.throttle.pace` turns the readings into one answer. Another way to weigh the readings, or
one more thing that holds, belongs here; whoever drives a lane knows only the answer.
"""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from expandcontract.engine.runner import Runner
from expandcontract.pacing.throttle import Go, Hold, Pace, Reading, pace
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Watch
from expandcontract.signals.registry import known

READ_EVERY = 0.25
"""Seconds for which a signal's reading is good enough."""


class Pacer:
    """Keeps the readers, which remember what they saw before, and their last readings."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._readers: dict[str, Reader] = {}
        self._readings: list[Reading] = []
        self._read_at = float("-inf")

    def tune(self, runner: Runner) -> None:
        """Go on with other limits; a reader that stays keeps its memory."""
        self._runner = runner
        self._read_at = float("-inf")

    def look(self, session: Session) -> Pace:
        """Read the signals when the last readings are too old, and say what they allow."""
        runner = self._runner
        if closed := self._closed():
            return Hold((closed,))
        if runner.clock() - self._read_at >= READ_EVERY:
            self._readings = [
                replace(reading, limit=limit)
                for name, limit in self._limits().items()
                for reading in self._reader(name, limit)(session)
            ]
            self._read_at = runner.clock()
        return pace(self._readings)

    def _limits(self) -> dict[str, float]:
        given = self._runner.limits
        limits = {name: given.get(name, signal.default) for name, signal in known().items()}
        return {name: limit for name, limit in limits.items() if limit is not None}

    def _reader(self, name: str, limit: float) -> Reader:
        if name not in self._readers:
            runner = self._runner
            watch = Watch(limit=limit, standbys=runner.standbys, clock=runner.clock)
            self._readers[name] = known()[name].start(watch)
        return self._readers[name]

    def _closed(self) -> str:
        window = self._runner.window
        if window is None:
            return ""
        zone = ZoneInfo(window.zone) if window.zone else None  # None: this machine's
        moment = datetime.fromtimestamp(self._runner.wall(), tz=UTC).astimezone(zone)
        return window.closed(moment)


def combined(first: Pace, second: Pace) -> Pace:
    """What both allow, with every reason of the two."""
    if isinstance(first, Go) and isinstance(second, Go):
        return Go(min(first.share, second.share))
    reasons = [r for found in (first, second) if isinstance(found, Hold) for r in found.reasons]
    return Hold(tuple(reasons))
