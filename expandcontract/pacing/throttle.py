"""Readings in, pace out: full speed, slower, or not at all, with every reason.

The pace falls from full at half a limit to nothing at the limit, so that a signal settles below
it instead of swinging around it. What could not be read, or was read too long ago, holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One measurement of one signal, or the reason why there is none."""

    signal: str
    value: float | None
    limit: float
    unit: str = "s"
    of: str = ""  #: which standby, table or session
    problem: str = ""  #: why the value is None, and what to do about it
    age: float = 0.0  #: seconds since it was read
    stale_after: float = 5.0

    def __str__(self) -> str:
        what = f"{self.signal} of {self.of}" if self.of else self.signal
        if self.value is None:
            return f"{what} is unknown: {self.problem}"
        if self.age > self.stale_after:
            return f"{what} was last read {self.age:.0f} s ago"
        return f"{what} is {self.value:.2f} {self.unit}, limit {self.limit:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Go:
    """Work at this share of full speed, between 0 (excluded) and 1."""

    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Hold:
    """Do not work now: every reason."""

    reasons: tuple[str, ...]


Pace = Go | Hold


def pace(readings: Iterable[Reading]) -> Pace:
    """The pace that the worst reading allows.

    >>> pace([Reading(signal="lag", value=0.4, limit=1.0)])
    Go(share=1.0)
    >>> pace([Reading(signal="lag", value=0.75, limit=1.0)])
    Go(share=0.5)
    >>> pace([Reading(signal="lag", value=None, limit=1.0, problem="no standby")])
    Hold(reasons=('lag is unknown: no standby',))
    """
    share, reasons = 1.0, []
    for reading in readings:
        is_stale = reading.age > reading.stale_after
        if reading.value is None or is_stale or reading.value >= reading.limit:
            reasons.append(str(reading))
        else:
            share = min(share, 2.0 * (1.0 - reading.value / reading.limit))
    return Hold(tuple(reasons)) if reasons else Go(min(1.0, share))


def rest_after(took: float, share: float) -> float:
    """Seconds to pause after a chunk, so that work fills only the share.

    >>> rest_after(0.1, 0.5)
    0.1
    """
    return 0.0 if share >= 1.0 else min(2.0, took * (1.0 / max(share, 0.01) - 1.0))
