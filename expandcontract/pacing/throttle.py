"""Readings in, pace out: full speed, slower, or not at all, with every reason.

The pace falls from full at half a limit to nothing at the limit, so that a signal settles below
it instead of swinging around it. What could not be read, or was read too long ago, holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from expandcontract.pacing.units import Unit, limit_shown, shown

MARGIN = 0.3
"""A forecast is held under this share of the limit. It takes the last moment's speed for the next
one's, and a log of small records replays at a quarter of the bytes a second of full pages."""

UNKNOWN_SPEED = 0.8 * MARGIN
"""Of the limit: the forecast for a standby that was never behind for long enough to tell its speed;
it slows, and does not hold."""

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
    speed: float | None = None  #: bytes of log a second by which that shrinks
    position: int = 0  #: of the log, up to which that counts
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

    def after(self, written: int) -> "Reading":
        """With what was written since it was read, up to a position: nobody has to wait to see it.

        >>> lag = Reading(signal="lag", value=0.1, expected=0.2, limit=1.0, speed=1e6, position=10)
        >>> lag.after(10 + 10**5).expected, lag.after(0).expected
        (0.30000000000000004, 0.2)
        """
        if self.expected is None or not self.speed or written <= self.position:
            return self
        return replace(self, expected=self.expected + (written - self.position) / self.speed)

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
    >>> pace([Reading(signal="lag", value=0.1, expected=2.25, limit=10.0)])
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


CHUNK_SHARE = 0.03
"""Of a lag limit: what one chunk may add while a standby is busy, at its own speed."""

HALF = 0.5
"""Of what a forecast may still grow: for a chunk while a standby has little to do."""


def most_bytes(readings: Iterable[Reading]) -> float | None:
    """How much log a chunk may write, so that no forecast is carried over; None: whatever it is.

    >>> lag = Reading(signal="lag", value=0.1, expected=0.0, limit=10.0, speed=1e6)
    >>> most_bytes([lag]), most_bytes([replace(lag, expected=2.9)])
    (1500000.0, 300000.0)
    >>> most_bytes([replace(lag, speed=None)])
    """
    found = (_added(one) * one.speed for one in readings if one.speed)
    return min(found, default=None)


def _added(reading: Reading) -> float:
    """Seconds that one chunk may add to a lag."""
    most, coming = MARGIN * reading.limit, reading.expected or 0.0
    is_busy = coming > most / 4
    return CHUNK_SHARE * reading.limit if is_busy else HALF * (most - coming)


def rest_after(took: float, share: float) -> float:
    """Seconds to pause after a chunk, so that work fills only the share.

    >>> rest_after(0.1, 0.5)
    0.1
    """
    return 0.0 if share >= 1.0 else min(LONGEST_REST, took * (1.0 / max(share, 0.01) - 1.0))
