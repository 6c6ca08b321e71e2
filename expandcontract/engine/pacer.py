"""Readings in, pace out, while it runs: the signals, the window and the wishes of people.

Where a backfill's speed is decided: `Pacer.look` combines what the signals allow (`Watching`) with
the hours of the window. One more thing that holds belongs here; whoever drives a lane knows only
the answer.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from expandcontract.engine.runner import Runner
from expandcontract.engine.watching import Watching
from expandcontract.pacing.throttle import Go, Hold, Pace, Reading
from expandcontract.postgres.origin import Origin

UNREAD = Hold(("the signals were not read yet",))


class Pacer:
    """The signals that are watched, and the hours of the day."""

    def __init__(self, runner: Runner, table: str, change: str) -> None:
        self._runner = runner
        self._watching = Watching(runner, table, change)
        self._is_watched = False
        self.readings: tuple[Reading, ...] = ()  #: what was found last

    def tune(self, runner: Runner) -> None:
        """Go on with other limits; a signal that stays keeps its memory."""
        self._runner = runner
        if self._is_watched:
            self._watching.tune(runner)

    def look(self) -> Pace:
        """What the hour and the signals allow now."""
        if closed := self._closed():
            return Hold((closed,))
        if not self._is_watched:
            before = self._watching
            self._watching = Watching(self._runner, before.table, before.change).start()
            self._is_watched = True
        found, self.readings = self._watching.pace()
        return found

    def wrote(self, position: int) -> None:
        """A chunk was committed, and the log stands there."""
        self._watching.wrote(position)

    def bore(self, share: float, size: int) -> bool:
        """Whether the standbys have shown that they bear what was written at that share."""
        return self._is_watched and self._watching.bore(share, size)

    @property
    def newest(self) -> Origin | None:
        """The newest server that the watch has met."""
        return self._watching.newest

    def now(self) -> Pace:
        """The same for those who only work: they begin no watch."""
        if closed := self._closed():
            return Hold((closed,))
        return self._watching.pace()[0] if self._is_watched else UNREAD

    def close(self) -> None:
        """Watch no more."""
        self._watching.close()
        self._is_watched = False

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
        return first if first.share <= second.share else second
    reasons = [r for found in (first, second) if isinstance(found, Hold) for r in found.reasons]
    return Hold(tuple(reasons))
