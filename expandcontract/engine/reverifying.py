"""Verifies a change again and again, until it is contracted."""

from expandcontract.engine.events import Waited
from expandcontract.engine.runner import Runner
from expandcontract.engine.verifying import can_be_verified, verify_change
from expandcontract.errors import RunnerBusyError
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
        while (left := begun + every - runner.clock()) > 0:
            runner.safe_point(f"the verification of {record.name}")
            runner.sleep(min(SLICE, left))
        record = ledger.get(runner.session, record.id)
        if not can_be_verified(record):
            runner.tell(Waited(record.name, f"it is {record.state}: nothing is left to verify"))
            return
