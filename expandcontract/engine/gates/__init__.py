"""May the next phase open? Every reason against it, and the evidence that was looked at.

What is looked at before the switch and before contract stands in this package, one file for each
probe.
"""

from collections.abc import Iterator

from expandcontract.engine.gates.asked import Asked
from expandcontract.engine.gates.registry import probes
from expandcontract.engine.runner import Runner
from expandcontract.model.gate import Closed, Gate, Look, Open, Reason, verdict
from expandcontract.model.phase import Phase
from expandcontract.postgres import observations
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.ledger import Record

INLINE_BYTES = 8 * 1024 * 1024
"""A table up to this size is filled during `alembic upgrade` itself."""


def gate(
    runner: Runner,
    record: Record,
    phase: Phase,
    *,
    immediate: bool = False,
    only_looking: bool = False,
) -> Gate:
    """Whether the phase may start now; `immediate` leaves out what only time can prove.

    Only a database whose application has never run may be immediate: one that is being built
    from its first revision. Who is `only_looking` writes nothing.
    """
    order = Look(probe="order", reasons=tuple(_order(record, phase)))
    asked_here = [probe for probe in probes().values() if probe.before is phase]
    is_contract = phase is Phase.CONTRACT
    if not asked_here or order.reasons or (is_contract and _is_behind(runner, record)):
        return verdict((order,))
    asked = Asked(runner=runner, record=record, only_looking=only_looking)
    looks = tuple(
        probe.look(asked)
        for probe in asked_here
        if not (immediate and probe.is_about_the_application)
    )
    found = verdict((order, *looks))
    if not only_looking and not immediate:
        observations.keep_verdict(runner.session, record, phase, found)
    return found


def _is_behind(runner: Runner, record: Record) -> bool:
    """Whether a contract that was killed had done it all: nothing is left that could do harm.

    Names have been exchanged by then, and what is looked at would be something else.
    """
    steps = record.plan.of(Phase.CONTRACT)
    return bool(steps) and all(runner.holds(step.done) for step in steps)


def begin(runner: Runner, record: Record) -> None:
    """Note what there is at the moment of the switch: everything later is compared with it."""
    asked = Asked(runner=runner, record=record, only_looking=False)
    for probe in probes().values():
        if probe.before is Phase.CONTRACT and probe.is_about_the_application:
            probe.look(asked)


def inline_gate(runner: Runner, record: Record) -> Gate:
    """Whether a backfill is small enough to be run by the revision that asks for it."""
    reasons = []
    for step in record.plan.of(Phase.BACKFILL):
        if step.backfill is not None:
            table = read_catalog(runner.session, [step.backfill.table]).tables[0]
            if table.bytes > INLINE_BYTES:
                size = f"{table.bytes / 1024 / 1024:.0f} MB"
                text = f"{table.name.plain} has {size}, too much for a deployment to wait for"
                reasons.append(Reason(text, f"run ec backfill {record.name}"))
    return Closed(tuple(reasons)) if reasons else Open()


def _order(record: Record, phase: Phase) -> Iterator[Reason]:
    for before in Phase:
        if (record.over or 0) < before < phase:
            command = f"ec {before} {record.name}" if before > Phase.EXPAND else "alembic upgrade"
            yield Reason(f"{before} is not over", f"run {command}")
