"""The record that every signal fills in, and what a reader is given."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from expandcontract.errors import ServerRefusedError
from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.postgres.session import Session
from expandcontract.postgres.standby_view import StandbyView

NOT_ALLOWED = frozenset({"42501"})
NOT_THERE = frozenset({"42883", "0A000", "42P01", "42704"})
"""A function, a feature, a relation, a setting that this server has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a signal is to look at."""

    limit: float
    clock: Callable[[], float]
    name: str  #: as its readings are called; a source is called as the user called it
    unit: Unit
    standbys: tuple[str, ...] = ()  #: standbys that must be there, by application_name
    remembered: tuple[str, ...] = ()  #: standbys that were there before this process
    views: tuple[StandbyView, ...] = ()  #: standbys that are asked themselves
    table: str = ""  #: the table that is worked on, as SQL spells it
    source: str = ""  #: the query or the address, for signals that have one
    change: str = ""  #: the name under which a run of it can be tuned

    @property
    def way_on(self) -> str:
        """What takes the limit away, while it runs where that is possible."""
        tuned = f"ec tune {self.change}" if self.change else "--limit"
        return f"{tuned} {self.name}=off"

    def reading(
        self, value: float, of: str = "", *, expected: float | None = None, note: str = ""
    ) -> Reading:
        """It was measured; what is not a number tells nothing."""
        if math.isnan(value):
            return self.unknown("it is not a number", of)
        return Reading(
            signal=self.name,
            unit=self.unit,
            limit=self.limit,
            value=value,
            of=of,
            expected=expected,
            note=note,
        )

    def unknown(self, problem: str, of: str = "") -> Reading:
        """It could not be measured."""
        return Reading(
            signal=self.name, unit=self.unit, limit=self.limit, value=None, of=of, problem=problem
        )


Reader = Callable[[Session], list[Reading]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One kind of measurement; `start` makes a reader that may remember what it saw before."""

    name: str
    unit: Unit
    default: float | None  #: the limit where nobody gave one; None: not watched unless asked for
    summary: str
    needs: str = ""  #: the privilege without which it is unknown
    every: float = 1.0  #: seconds between two looks
    has_source: bool = False  #: it is named by the user, with a query or an address
    is_elsewhere: bool = False  #: it asks somebody else than the database
    start: Callable[[Watch], Reader]


def measured(watch: Watch, read: Reader, session: Session) -> list[Reading]:
    """Read a signal; what the server refuses is unknown, with the reason and a way out."""
    try:
        return read(session)
    except ServerRefusedError as error:
        off = f"--limit {watch.name}=off"
        if error.sqlstate in NOT_ALLOWED:
            problem = f"not permitted ({error.message}); GRANT pg_monitor to the role, or {off}"
        elif error.sqlstate in NOT_THERE:
            problem = f"this server does not offer it ({error.message}); run with {off}"
        else:
            problem = f"the server does not say ({error.message}); or run with {off}"
        return [watch.unknown(problem)]
