"""Attempts at a lock: given up early so that nobody queues, repeated with pauses, and told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from expandcontract.engine.events import LockAwaited
from expandcontract.engine.runner import Runner
from expandcontract.errors import LockBudgetError, ServerRefusedError
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement
from expandcontract.pacing.retry import GiveUp, decide
from expandcontract.postgres import leases
from expandcontract.postgres.blockers import blockers
from expandcontract.postgres.leases import Lease


@dataclass(slots=True)
class Trouble:
    """What stands in the way of the chunk that is being tried."""

    since: float
    tries: int = 0
    seen: tuple[str, ...] = ()


@dataclass(slots=True)
class Attempts:
    """How often a step was tried since when, and who was in the way."""

    runner: Runner
    lease: Lease
    step: Step
    count: int = 0
    seen: tuple[str, ...] = ()
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.runner.clock()

    def rest(self, error: ServerRefusedError, statements: Iterable[Statement]) -> None:
        """Pause before the next attempt, or raise what the last one met."""
        runner, name = self.runner, self.lease.record.name
        self.count += 1
        spent = runner.clock() - self.begun
        verdict = decide(
            error.sqlstate, spent=spent, patience=runner.patience, jitter=runner.jitter()
        )
        if isinstance(verdict, GiveUp) and not verdict.spent:
            raise error
        self.seen = blockers(runner.session, statements) or self.seen
        if isinstance(verdict, GiveUp):
            raise LockBudgetError(self.step.name, self.count, spent, self.seen) from error
        # What was rolled back has renewed nothing.
        leases.fence(runner.session, self.lease)
        runner.tell(LockAwaited(name, self.step.name, self.count, self.seen))
        runner.sleep(verdict.seconds)
        runner.safe_point(name)
