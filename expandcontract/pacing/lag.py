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

RECENTLY = 0.3
"""Seconds of replaying in which a standby that has become slower is seen: full pages of the log are
replayed several times as fast, byte for byte, as the small records that follow them."""

ENOUGH = 0.15
"""Seconds of replaying from which on the speed says something."""

HOPE = 1.3
"""With every look at which a standby had perhaps nothing to do, it is taken for so much faster."""

MOST_HOPE = 4.0

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
    _before: tuple[int, int, float] | None = None
    """What it had replayed at the last look, where the log stood, and when."""
    _rate: float | None = None
    """Bytes a second that it replayed since."""
    _hope: float = 1.0
    """How many times the measured speed it may have."""

    def note(self, replayed: int, behind: int, at: float) -> None:
        """Remember how far it is, and how many bytes it is behind.

        Only who has not even reached what was there at the last look was busy all the time. Who has
        was perhaps idle, and is asked for a little more than was measured, until it is busy again:
        else a standby that was slow for a moment would be taken for slow for ever.
        """
        before, self._before = self._before, (replayed, replayed + behind, at)
        if before is None or at <= before[2]:
            return
        place, end, moment = before
        if replayed < place:  # another server by that name
            self._spells.clear()
            return
        spell, size = at - moment, replayed - place
        if replayed < end - SMALL or (self._spells and size / spell > (self.speed or 0.0)):
            self._spells.append((spell, size))
            self._hope = 1.0
            self._forget()
        elif self._hope < MOST_HOPE:
            self._hope *= HOPE
        self._rate = size / spell

    def _forget(self) -> None:
        while sum(seconds for seconds, _ in self._spells) - self._spells[0][0] >= WINDOW:
            self._spells.popleft()

    @property
    def speed(self) -> float | None:
        """Bytes a second, the less of a while and of just now; None where nothing can be said.

        >>> replay, place = Replay(), 0
        >>> for tenth in range(30):
        ...     place += 10**6 if tenth < 26 else 10**5
        ...     replay.note(place, 5 * 10**6, tenth / 10)
        >>> round(replay.speed / 10**6, 3)
        1.0
        """
        found = [self._over(seconds) for seconds in (WINDOW, RECENTLY)]
        known = [speed for speed in found if speed is not None]
        return self._hope * min(known) if known else None

    def _over(self, limit: float) -> float | None:
        """The speed over the newest spells that last so long together."""
        seconds, size = 0.0, 0
        for spell, replayed in reversed(self._spells):
            seconds, size = seconds + spell, size + replayed
            if seconds >= limit:
                break
        return size / seconds if seconds >= ENOUGH else None

    def drain(self, behind: int) -> float | None:
        """Seconds until it has replayed what it is behind: the lag of what is written now.

        >>> replay = Replay()
        >>> for second in range(3): replay.note(second * 10**6, 5 * 10**6, float(second))
        >>> replay.drain(5 * 10**6), replay.drain(100)
        (5.0, 0.0)
        """
        if behind <= SMALL:
            return 0.0
        speed = self._rate if self.speed is None else self.speed
        if speed is None:
            return None
        return behind / speed if speed > 0 else float("inf")
