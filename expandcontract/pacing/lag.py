"""How far behind a standby is, in seconds, by one clock and without its help.

The lag is the age of the newest position of the primary's log that the standby has replayed.
Positions are noted with our own clock, so nothing is subtracted between two machines; it is
right when replay stands still (where `replay_lag` keeps its last value) and when nothing is
written (where `pg_last_xact_replay_timestamp` grows on its own).
"""

from dataclasses import dataclass, field

KEPT = 4096
"""Notes kept; the oldest are thinned out, so that an old lag is still known roughly."""


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

    def lag(self, replayed: int, at: float) -> float:
        """Seconds since the first position was written that is not replayed yet.

        >>> positions = Positions()
        >>> positions.note(100, 1.0); positions.note(200, 2.0)
        >>> positions.lag(200, 5.0), positions.lag(150, 5.0), positions.lag(50, 5.0)
        (0.0, 3.0, 4.0)
        """
        missing = next((moment for place, moment in self.notes if place > replayed), None)
        return 0.0 if missing is None else max(0.0, at - missing)
