"""How many rows the next chunk gets, from what chunks like it took and from how much is worked."""

import math
from dataclasses import dataclass, field, replace

from expandcontract.pacing.sizing import Sizing, next_size, scaled

MEMORY = 2.0
"""Seconds over which it is judged how much of the time is worked."""

ALL_THE_TIME = 0.8
"""Share of the time above which nothing slows the work but itself."""

LOOKED_AT_FIRST = 5000
MOST_LOOKED_AT = 100_000
"""Rows in which nothing is expected to differ: they are only read, and lock nothing."""

FORGOTTEN = 0.8
"""What a chunk leaves of what was learned of a row's log: after a checkpoint it is more."""


@dataclass(slots=True)
class Sizes:
    """The sizes of a worker's chunks.

    The first turn of a walk by blocks finds full pages and needs new entries in every index; a row
    costs about three times as much as in later turns, so that each has a size of its own. Where
    standbys let little of the time be worked, chunks are small too: a signal is read several times
    a second, and what one chunk writes meanwhile nobody can take back.
    """

    worked: float = 1.0  #: the share of the time, lately
    _looked: int = LOOKED_AT_FIRST
    _rows: dict[bool, int] = field(default_factory=dict)
    _log: dict[bool, tuple[float, float]] = field(default_factory=dict)
    """Bytes of log, and the rows that they were for."""

    def full(self, sizing: Sizing, *, first_turn: bool) -> int:
        """Rows of a chunk at full speed."""
        return self._rows.get(first_turn, sizing.first)

    def rows(
        self, share: float, sizing: Sizing, *, first_turn: bool, most_bytes: float | None = None
    ) -> int:
        """Rows of the next chunk at a share of full speed, and with no more log than that.

        >>> sizes = Sizes()
        >>> sizes.wrote(1000, 500_000, first_turn=False)
        >>> sizes.rows(1.0, Sizing(first=1000), first_turn=False, most_bytes=50_000.0)
        100
        >>> sizes.rows(1.0, Sizing(first=1000), first_turn=False)
        1000
        >>> sizes.passed(0.1, 10.0)
        >>> sizes.rows(1.0, Sizing(first=1000), first_turn=False)
        50
        """
        lately = 1.0 if self.worked >= ALL_THE_TIME else self.worked
        found = scaled(self.full(sizing, first_turn=first_turn), min(share, lately), sizing)
        size, rows = self._log.get(first_turn, (0.0, 0.0))
        if most_bytes is None or not size or sizing.smallest == sizing.largest:
            return found
        return min(found, max(sizing.smallest, int(most_bytes * rows / size)))

    def took(self, rows: int, seconds: float, sizing: Sizing, *, first_turn: bool) -> None:
        """Learn from a chunk; a small one, chosen to be small, says something only if it was slow.

        >>> sizes = Sizes()
        >>> sizes.took(500, 0.05, Sizing(), first_turn=True)
        >>> sizes.full(Sizing(), first_turn=True), sizes.full(Sizing(), first_turn=False)
        (750, 500)
        """
        if rows >= self.full(sizing, first_turn=first_turn) or seconds >= sizing.target:
            self._rows[first_turn] = next_size(rows, seconds, sizing)

    def looking(self, rows: int) -> int:
        """Rows of a chunk that is only read as long as all are right, where so many are written."""
        return max(rows, self._looked)

    def looked(self, seconds: float, sizing: Sizing) -> None:
        """Learn from a chunk in which all were.

        >>> sizes = Sizes()
        >>> sizes.looked(0.02, Sizing()), sizes.looking(500)
        (None, 7500)
        """
        bounds = replace(sizing, smallest=LOOKED_AT_FIRST, largest=MOST_LOOKED_AT)
        self._looked = next_size(self._looked, seconds, bounds)

    def wrote(self, rows: int, size: int, *, first_turn: bool) -> None:
        """Learn how much log a row is; whatever else was written meanwhile counts with it."""
        if rows > 0 and size >= 0:
            before = self._log.get(first_turn, (0.0, 0.0))
            log, counted = (FORGOTTEN * one for one in before)
            self._log[first_turn] = (log + size, counted + rows)

    def passed(self, worked: float, seconds: float) -> None:
        """Time went by, and so much of it was worked."""
        if seconds > 0:
            weight = 1.0 - math.exp(-seconds / MEMORY)
            self.worked += (min(1.0, worked / seconds) - self.worked) * weight
