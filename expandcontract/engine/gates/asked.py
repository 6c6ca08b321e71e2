"""What every probe of a gate is given, and the record that it fills in."""

from collections.abc import Callable
from dataclasses import dataclass

from expandcontract.engine.runner import Runner
from expandcontract.model.gate import Look
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Retired
from expandcontract.postgres import observations
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """About which change, and whether anything may be written down."""

    runner: Runner
    record: Record
    only_looking: bool

    @property
    def session(self) -> Session:
        """Where to look."""
        return self.runner.session

    @property
    def going(self) -> tuple[Retired, ...]:
        """The columns whose names contract takes away."""
        return tuple(retired for retired in self.record.plan.retires if not retired.stays)

    def quiet_for(self, seen: dict[str, str]) -> dict[str, float]:
        """For how many seconds each thing has been what it is now; 0 where nobody knows."""
        look = observations.known if self.only_looking else observations.see
        found = look(self.session, self.record, seen)
        return {what: found.get(what, 0.0) for what in seen}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateProbe:
    """One thing that is looked at before a phase; they are asked in the order of `place`."""

    name: str
    place: int
    summary: str
    look: Callable[[Asked], Look]
    before: Phase = Phase.CONTRACT
    is_about_the_application: bool = True
    """Whether it sees what runs; a database that is being built has no application yet."""
