"""Verifies a change again and again, until it is contracted."""

from expandcontract.engine.events import Waited
from expandcontract.engine.runner import Runner
from expandcontract.engine.verifying import can_be_verified, verify_change
from expandcontract.errors import RunnerBusyError, ServerRefusedError
from expandcontract.postgres import ledger
from expandcontract.postgres.ledger import Record

SLICE = 1.0


def verify_until_contracted(
    runner: Runner, record: Record, *, every: float, repair: bool, rate: float | None
) -> None:
    """One verification after another, with pauses; the first that refutes the copy ends it."""
    while True:
        begun = runner.clock()
        try:
            verify_change(runner, record, repair=repair, rate=rate)
        except RunnerBusyError as busy:
            runner.tell(Waited(record.name, f"not repaired for now: {busy.holder} works on it"))
        except ServerRefusedError:
            if not _contract_came(runner, record):
                raise
        while (left := begun + every - runner.clock()) > 0:
            runner.safe_point(f"the verification of {record.name}")
            runner.sleep(min(SLICE, left))
        record = ledger.get(runner.session, record.id)
        if not can_be_verified(record):
            runner.tell(Waited(record.name, f"it is {record.state}: nothing is left to verify"))
            return


def _contract_came(runner: Runner, record: Record) -> bool:
    """Whether it took a column away in the middle; the ledger is told a moment later."""
    steps = [step for step in record.plan.steps if step.verification is not None]
    return all(runner.holds(step.done) for step in steps)
