"""The record that every signal fills in."""

from collections.abc import Callable
from dataclasses import dataclass

from expandcontract.pacing.throttle import Reading
from expandcontract.postgres.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a signal is to look at."""

    limit: float
    standbys: tuple[str, ...] = ()  #: standbys that must be there, by application_name
    clock: Callable[[], float]


Reader = Callable[[Session], list[Reading]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One kind of measurement; `start` makes a reader that may remember what it saw before."""

    name: str
    unit: str
    default: float | None  #: the limit where nobody gave one; None: not watched unless asked for
    summary: str
    start: Callable[[Watch], Reader]
