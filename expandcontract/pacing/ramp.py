"""The first moments of a backfill, in which nobody knows yet how fast the standbys replay.

Whoever begins at full speed has written more in a tenth of a second than a slow standby replays
within its limit. So the pace begins low and doubles with every look at which the standbys keep up.
A chunk that is large enough to say something, and that all standbys have replayed, shows at once
what they bear: what is left of the rest after it would teach nothing more.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from expandcontract.pacing.throttle import Go, Pace, Reading

FIRST_SHARE = 0.05
KEEPS_UP = 0.25
"""Of the limit: below it a standby is asked for twice as much."""

TELLING = 2**20
"""Bytes of log from which on it says something that they were replayed in so much time."""


@dataclass(slots=True)
class Ramp:
    """How much of the full speed was shown to be bearable."""

    share: float = FIRST_SHARE
    looked_at: float = float("-inf")

    @property
    def is_over(self) -> bool:
        """Whether the pace is left to the signals alone."""
        return self.share >= 1.0

    def bore(self, readings: Iterable[Reading], written: int) -> bool:
        """Whether every standby was seen to have replayed the log up to there.

        >>> seen = [Reading(signal="lag", value=0.0, expected=0.0, limit=1.0, position=100)]
        >>> Ramp().bore(seen, 100), Ramp().bore(seen, 101), Ramp(share=1.0).bore(seen, 100)
        (True, False, False)
        """
        if self.is_over:
            return False
        forecasts = [reading for reading in readings if reading.expected is not None]
        return bool(forecasts) and all(
            one.position >= written and one.load is not None and one.load < KEEPS_UP
            for one in forecasts
        )

    def showed(self, share: float, size: int) -> None:
        """At that share of full speed so many bytes of log were written, and replayed.

        >>> ramp = Ramp()
        >>> ramp.showed(0.7, 5000)
        >>> ramp.share
        0.05
        >>> ramp.showed(0.7, 5_000_000)
        >>> ramp.share
        0.7
        """
        if size >= TELLING:
            self.share = max(self.share, share)

    def limited(self, pace: Pace, readings: Iterable[Reading], looked_at: float) -> Pace:
        """The pace, but no faster than was shown; `looked_at` is when the readings were made.

        >>> ramp, well = Ramp(), [Reading(signal="lag", value=0.0, expected=0.0, limit=1.0)]
        >>> [ramp.limited(Go(), well, at) for at in (1.0, 1.0, 2.0, 3.0)]
        [Go(share=0.1), Go(share=0.1), Go(share=0.2), Go(share=0.4)]
        >>> Ramp().limited(Go(), [], 1.0)
        Go(share=1.0)
        """
        if self.is_over or not isinstance(pace, Go):
            return pace
        forecasts = [reading for reading in readings if reading.expected is not None]
        if not forecasts:
            self.share = 1.0
        elif looked_at > self.looked_at:
            self.looked_at = looked_at
            if all((reading.load or 0.0) < KEEPS_UP for reading in forecasts):
                self.share *= 2
        return pace if pace.share <= self.share else Go(self.share, "what is not known yet")
