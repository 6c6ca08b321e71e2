"""How far behind a standby is, in seconds, by one clock and without its help.

The lag is the age of the newest position of the primary's log that the standby has replayed.
Positions are noted with our own clock, so nothing is subtracted between two machines; it is
right when replay stands still (where `replay_lag` keeps its last value) and when nothing is
written (where `pg_last_xact_replay_timestamp` grows on its own).
"""

from collections import deque
from dataclasses import dataclass, field

KEPT = 4096
"""Notes kept; the oldest are thinned out, so that an old lag is still known roughly."""

WINDOW = 1.0
"""Seconds of replaying over which its speed is measured."""

ENOUGH = 0.15
"""Seconds of replaying from which on the speed says something."""

SMALL = 128 * 1024
"""Bytes behind that are on their way anyhow, and of which no speed can be measured."""


@dataclass(slots=True)
class Positions:
    """Notes of (position, moment), oldest first."""

    notes: list[tuple[int, float]] = field(default_factory=list)

    def note(self, position: int, at: float) -> None:
        """Remember where the primary's log stood; a position that has not moved keeps its age."""
        if self.notes and self.notes[-1][0] >= position:
            return
        self.notes.append((position, at))
        if len(self.notes) > KEPT:
            half = len(self.notes) // 2
            self.notes = self.notes[:half:2] + self.notes[half:]

    def reaches_back_to(self, replayed: int) -> bool:
        """Whether it is known when that position was written.

        >>> positions = Positions()
        >>> positions.note(100, 1.0)
        >>> positions.reaches_back_to(99), positions.reaches_back_to(100)
        (False, True)
        """
        return bool(self.notes) and self.notes[0][0] <= replayed

    def lag(self, replayed: int, at: float) -> float:
        """Seconds since the first position was written that is not replayed yet.

        >>> positions = Positions()
        >>> positions.note(100, 1.0); positions.note(200, 2.0)
        >>> positions.lag(200, 5.0), positions.lag(150, 5.0), positions.lag(50, 5.0)
        (0.0, 3.0, 4.0)
        """
        missing = next((moment for place, moment in self.notes if place > replayed), None)
        return 0.0 if missing is None else max(0.0, at - missing)


@dataclass(slots=True)
class Replay:
    """How fast one standby replays while there is something to replay."""

    _spells: deque[tuple[float, int]] = field(default_factory=deque)
    """Seconds and bytes of the last spells in which it was behind to the end."""
    _before: tuple[int, float] | None = None

    def note(self, replayed: int, behind: int, at: float) -> None:
        """Remember how far it is, and how many bytes it is behind."""
        if self._before is not None and behind > SMALL:
            place, moment = self._before
            if replayed < place:  # another server by that name
                self._spells.clear()
            elif at > moment:
                self._spells.append((at - moment, replayed - place))
                self._forget()
        self._before = (replayed, at)

    def _forget(self) -> None:
        while sum(seconds for seconds, _ in self._spells) - self._spells[0][0] >= WINDOW:
            self._spells.popleft()

    @property
    def speed(self) -> float | None:
        """Bytes a second; None where it was never behind for long enough to say."""
        seconds = sum(spell for spell, _ in self._spells)
        if seconds < ENOUGH:
            return None
        return sum(size for _, size in self._spells) / seconds

    def drain(self, behind: int) -> float | None:
        """Seconds until it has replayed what it is behind: the lag of what is written now.

        >>> replay = Replay()
        >>> for second in range(3): replay.note(second * 10**6, 5 * 10**6, float(second))
        >>> replay.drain(5 * 10**6), replay.drain(100)
        (5.0, 0.0)
        """
        if behind <= SMALL:
            return 0.0
        speed = self.speed
        if speed is None:
            return None
        return behind / speed if speed > 0 else float("inf")
