"""Readings in, pace out: full speed, slower, or not at all, with every reason.

The pace falls from full at half a limit to nothing at the limit, so that a signal settles below
it instead of swinging around it. What could not be read, or was read too long ago, holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from expandcontract.pacing.units import Unit, limit_shown, shown

MARGIN = 0.5
"""A forecast is held under this share of the limit. It takes the last second's speed for the next
one's, and a log of small records replays at half the bytes a second of one with full pages."""

LONGEST_REST = 0.5
"""Seconds after which the signals are asked again, however small the share was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One measurement of one signal, or the reason why there is none."""

    signal: str
    value: float | None
    limit: float
    unit: Unit = Unit.SECONDS
    of: str = ""  #: which standby, table or session
    problem: str = ""  #: why the value is None, and what to do about it
    expected: float | None = None  #: what the value comes to if nothing more is done
    note: str = ""  #: what to know about the value
    age: float = 0.0  #: seconds since it was read
    stale_after: float = 5.0

    @property
    def name(self) -> str:
        """The signal, and whose it is."""
        return f"{self.signal} of {self.of}" if self.of else self.signal

    @property
    def load(self) -> float | None:
        """How much of the limit is used; None where nothing is known."""
        if self.value is None or self.age > self.stale_after:
            return None
        if self.limit <= 0:
            return float("inf")
        coming = 0.0 if self.expected is None else self.expected / (MARGIN * self.limit)
        return max(self.value / self.limit, coming)

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.name} is unknown: {self.problem}"
        if self.age > self.stale_after:
            return f"{self.name} was last read {self.age:.0f} s ago"
        text = f"{self.name} is {shown(self.value, self.unit)}"
        if self.value < self.limit and self.expected is not None and (self.load or 0) >= 1:
            text += f" and comes to {_coming(self.expected, self.unit)}"
        note = f" ({self.note})" if self.note else ""
        return f"{text}, limit {limit_shown(self.limit, self.unit)}{note}"


def _coming(value: float, unit: Unit) -> str:
    return "more with nothing being replayed" if value == float("inf") else shown(value, unit)


@dataclass(frozen=True, slots=True)
class Go:
    """Work at this share of full speed, between 0 (excluded) and 1."""

    share: float = 1.0
    slowed_by: str = field(default="", compare=False, repr=False)


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
    >>> pace([Reading(signal="lag", value=0.1, expected=3.75, limit=10.0)])
    Go(share=0.5)
    >>> pace([Reading(signal="lag", value=None, limit=1.0, problem="no standby")])
    Hold(reasons=('lag is unknown: no standby',))
    """
    share, slowed_by = 1.0, ""
    reasons: list[str] = []
    for reading in readings:
        load = reading.load
        if load is None or load >= 1.0:
            reasons.append(str(reading))
        elif (allowed := 2.0 * (1.0 - load)) < share:
            share, slowed_by = allowed, reading.name
    return Hold(tuple(reasons)) if reasons else Go(share, slowed_by)


def rest_after(took: float, share: float) -> float:
    """Seconds to pause after a chunk, so that work fills only the share.

    >>> rest_after(0.1, 0.5)
    0.1
    """
    return 0.0 if share >= 1.0 else min(LONGEST_REST, took * (1.0 / max(share, 0.01) - 1.0))
