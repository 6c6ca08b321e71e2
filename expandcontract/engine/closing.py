"""After contract: back from what it kept, or the end, with what it kept dropped."""

from expandcontract.engine.drift import assume, still_there
from expandcontract.engine.events import ChangeClosed, ChangeCloses
from expandcontract.engine.holding import held
from expandcontract.engine.noting import noting_errors
from expandcontract.engine.runner import Runner
from expandcontract.engine.steps import carry_out
from expandcontract.errors import ClosedForGoodError, PhaseOrderError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import WHOLE, Plan, Step
from expandcontract.model.returning import ways_on
from expandcontract.postgres import leases, ledger
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import transaction


def close(runner: Runner, record: Record, *, built: bool = False) -> Record:
    """Drop what contract kept; can be run any number of times. There is no way back from it.

    `built` says that the database is being built, and that nothing was ever in what goes.
    """
    session = runner.session
    if record.outcome == "closed":
        return record
    _refuse_unless_kept(record)
    with held(runner, record) as lease:
        record = ledger.get(session, record.id)
        if record.outcome == "closed":
            return record
        _refuse_unless_kept(record)
        with noting_errors(runner, record):
            assume(runner, record.name, record.plan)
            still_there(runner, record)
            runner.tell(
                ChangeCloses(record.name, tuple(step.summary for step in record.plan.close))
            )
            for step in record.plan.close:
                carry_out(runner, lease, step)
            with transaction(session):
                ledger.set_reached(session, record, Phase.CONTRACT, "closed")
                ledger.settle(session, record, Phase.CONTRACT, "done")
                if built:
                    ledger.set_built(session, record)
                ledger.tell(session, record, "closed")
                leases.fence(session, lease)
    runner.tell(ChangeClosed(record.name))
    return ledger.get(session, record.id)


def _refuse_unless_kept(record: Record) -> None:
    if record.keeps:
        return
    cure = f"run contract first: ec contract {record.name}"
    if record.coming_back:
        cure = ways_on(record.name)
    raise PhaseOrderError(record.name, "closing", record.state, cure)


def make_room(runner: Runner, plan: Plan) -> None:
    """Close what a plan's claims wait for, in a database that is being built."""
    for record in ledger.everything(runner.session):
        if record.keeps and any(
            _same(ours, theirs) for ours in plan.claims for theirs in record.plan.claims
        ):
            close(runner, record, built=True)


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and (one[1] == other[1] or WHOLE in {one[1], other[1]})


def come_back(runner: Runner, lease: Lease, record: Record) -> Record:
    """Lead a contracted change back to switched; one that was not contracted is there already."""
    if record.reached is not Phase.CONTRACT:
        return record
    way = _way_back(record)
    if not record.coming_back:
        if record.plan.comeback and not record.built:
            still_there(runner, record)
        with transaction(runner.session):
            ledger.comes_back(runner.session, record)
            ledger.claim(runner.session, record)
            ledger.tell(runner.session, record, "revert of contract begun")
            leases.fence(runner.session, lease)
    for step in way:
        carry_out(runner, lease, step)
    return ledger.get(runner.session, record.id)


def _way_back(record: Record) -> tuple[Step, ...]:
    """The steps that lead back from here, if any do."""
    plan = record.plan
    if record.built and plan.remake:
        return plan.remake
    if record.outcome == "closed" and plan.close:
        raise ClosedForGoodError(record.name, record.reached_at)
    if not plan.comeback and plan.of(Phase.CONTRACT):
        raise PhaseOrderError(record.name, "the revert of contract", record.state, "it is final")
    return plan.comeback
