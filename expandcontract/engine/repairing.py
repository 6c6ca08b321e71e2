"""Rows that a verification has found different are made equal, in the direction of who leads."""

from collections.abc import Sequence

from expandcontract.engine.events import Waited
from expandcontract.engine.holding import held
from expandcontract.engine.runner import Runner
from expandcontract.errors import PhaseOrderError
from expandcontract.model.backfill import Backfill, Chunk
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.postgres import chunks, copying, leases, ledger, relations
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import transaction


def repairs(record: Record, verification: Backfill) -> tuple[Backfill, ...]:
    """What makes the rows equal again: old to new before the switch, new to old after it."""
    if record.reached is not Phase.SWITCH:
        return (verification,)
    back = _back(record, verification)
    if not back:
        raise PhaseOrderError(
            record.name,
            "the repair",
            record.state,
            "the new side leads, and this change has no way to copy it back; mend the rows by hand",
        )
    return back


def can_be_repaired(record: Record, verification: Backfill) -> bool:
    """Whether anything can make them equal where the change is now."""
    return record.reached is not Phase.SWITCH or bool(_back(record, verification))


def _back(record: Record, verification: Backfill) -> tuple[Backfill, ...]:
    if verification.into is not None:
        return ()
    olds = {retired.column for retired in record.plan.retires}
    return tuple(
        step.backfill
        for step in record.plan.comeback
        if step.backfill is not None
        and step.backfill.into is None
        and step.backfill.table == verification.table
        and olds.issuperset(column for column, _ in step.backfill.assignments)
    )


def repaired(
    runner: Runner, record: Record, step: Step, ways: Sequence[Backfill], chunk: Chunk
) -> int:
    """Make the chunk's rows equal under the lease; how many still differ."""
    session = runner.session
    if step.verification is None:
        raise AssertionError
    with held(runner, record) as lease:
        if ledger.get(session, record.id).reached is not record.reached:
            done = "the change was switched meanwhile; run the verification again"
            raise PhaseOrderError(record.name, "the repair", record.state, done)
        silence = chunks.may_silence_triggers(session, relations.major(session))
        written = 0
        for way in ways:
            with transaction(session, lock_timeout="2s", **chunks.settings(way, silence=silence)):
                written += copying.write(session, Lane(way), chunk)
                leases.fence(session, lease)
        with transaction(session, **chunks.EVERY_ROW):
            _, left, _ = copying.compare(session, Lane(step.verification), chunk)
            ledger.tell(session, record, "repaired", rows=str(written), left=str(left))
            leases.fence(session, lease)
    rows = "1 row" if written == 1 else f"{written:,} rows"
    upto = ", ".join(chunk.high)
    runner.tell(
        Waited(record.name, f"{step.name}: {rows} up to key {upto} did not agree; repaired")
    )
    return left
