"""Carries out one phase of a change, or takes it back."""

from expandcontract.changes.base import Change
from expandcontract.changes.document import describe_difference, from_document, to_document
from expandcontract.ddl.sides import SCHEMA
from expandcontract.engine.allowing import refuse_what_cannot_be_copied
from expandcontract.engine.browned import Browned
from expandcontract.engine.closing import come_back, make_room
from expandcontract.engine.doubting import doubting_the_copy
from expandcontract.engine.drift import assume, still_there
from expandcontract.engine.events import PhaseDone, PhaseReverted
from expandcontract.engine.gates import begin
from expandcontract.engine.holding import held
from expandcontract.engine.noting import noting_errors
from expandcontract.engine.passing import pass_gate
from expandcontract.engine.proving import doubt, doubt_old_steps
from expandcontract.engine.runner import Runner
from expandcontract.engine.steps import carry_out, take_back
from expandcontract.engine.trying import try_out
from expandcontract.errors import ChangeRefusedError, PhaseOrderError, PlanChangedError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.model.returning import ways_on
from expandcontract.postgres import leases, ledger, observations
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.installation import install, installed
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import transaction


def make_plan(runner: Runner, change: Change) -> Plan:
    """The plan that the change would get now; nothing is written."""
    types, enums = getattr(change, "types", ()), getattr(change, "enums", ())
    catalog = read_catalog(
        runner.session,
        change.tables,
        types,
        enums,
        portable=True,
        referencing=getattr(change, "reads_referencing", False),
    )
    if any(table.name.schema == SCHEMA for table in catalog.tables):
        reason = f"{SCHEMA} is the schema of the ledger, which has migrations of its own"
        raise ChangeRefusedError(f"the change {change.name}", (reason,))
    plan = change.plan(catalog)
    refuse_what_cannot_be_copied(runner.session, change.name, plan)
    try_out(runner.session, change, plan)
    return plan


def planned(runner: Runner, change: Change) -> Plan:
    """The plan of a change that was begun, else the one that it would get now."""
    session = runner.session
    record = ledger.find(session, change.name) if installed(session) else None
    if record is not None and record.outcome != "reverted":
        return _same(record, change).plan
    return make_plan(runner, change)


def enrol(runner: Runner, change: Change, *, building: bool = False) -> Record:
    """Find the change in the ledger, or plan it, freeze the plan and claim its columns.

    In a database that is being built, what contracted changes keep gives way to it.
    """
    session = runner.session
    install(session)
    record = ledger.find(session, change.name)
    if record is not None and record.outcome != "reverted":
        return _same(record, change)
    plan = make_plan(runner, change)
    assume(runner, change.name, plan)
    if building:
        make_room(runner, plan)
    with transaction(session):
        session.run("LOCK TABLE expandcontract.claims IN SHARE ROW EXCLUSIVE MODE")
        record = ledger.find(session, change.name)
        if record is not None and record.outcome != "reverted":
            return _same(record, change)
        record = ledger.add(session, change, plan)
        ledger.claim(session, record)
        ledger.tell(session, record, "planned", fingerprint=plan.fingerprint)
    return record


def _same(record: Record, change: Change) -> Record:
    now = to_document(change)
    then = record.definition
    if then["kind"] == now["kind"]:
        then = to_document(from_document(then))  # as this release spells it
    if _essence(then) != _essence(now):
        raise PlanChangedError(change.name, describe_difference(record.definition, now))
    return record


def _essence(document: dict[str, object]) -> dict[str, object]:
    """A change without the fields that only label it."""
    fields = document["fields"]
    if not isinstance(fields, dict):
        raise TypeError(fields)
    labels = {"name", "owner", "contract_by"}
    return {**document, "fields": {k: v for k, v in fields.items() if k not in labels}}


def apply_phase(
    runner: Runner,
    record: Record,
    phase: Phase,
    *,
    immediate: bool = False,
    override: str = "",
    browned: Browned | None = None,
) -> Record:
    """Carry out a phase; steps that are done are skipped, so it can be run any number of times.

    `immediate` leaves out the gate reasons that only time can remove; `override` is the recorded
    reason for not waiting out the quiet time of a closed gate; other reasons and the order of the
    phases are never overridden. A brown-out has to have been just now.
    """
    session = runner.session
    if record.outcome == "closed":
        return record
    _in_order(record, phase)
    with held(runner, record) as lease:
        record = ledger.get(session, record.id)
        _in_order(record, phase)
        if record.reached is not None and record.reached >= phase and not record.coming_back:
            still_there(runner, record)
            return record
        with noting_errors(runner, record):
            assume(runner, record.name, record.plan)
            if not record.coming_back:
                still_there(runner, record)
            pass_gate(runner, record, phase, immediate=immediate, override=override)
            if phase is Phase.SWITCH:
                doubt_old_steps(session, record)
            if browned is not None:
                browned.refuse_old(session, lease)
            with doubting_the_copy(runner, lease, record):
                for step in record.plan.of(phase):
                    carry_out(runner, lease, step)
            _close_phase(runner, lease, record, phase)
            if phase is Phase.SWITCH:
                begin(runner, record)
    runner.tell(PhaseDone(record.name, phase))
    return ledger.get(session, record.id)


def _in_order(record: Record, phase: Phase) -> None:
    if record.outcome == "reverted":
        done = "start it again with expand: alembic upgrade"
        raise PhaseOrderError(record.name, str(phase), record.state, done)
    if record.coming_back and phase is not Phase.CONTRACT:
        raise PhaseOrderError(record.name, str(phase), record.state, ways_on(record.name))
    following = record.next_phase
    if following is not None and phase > following:
        done = f"run {following} first: ec {following} {record.name}"
        if following is Phase.EXPAND:
            done = "run expand first: alembic upgrade"
        raise PhaseOrderError(record.name, str(phase), record.state, done)


def _close_phase(runner: Runner, lease: Lease, record: Record, phase: Phase) -> None:
    session = runner.session
    # A change with nothing left to do is over: nobody writes a revision for an empty phase.
    over = Phase.CONTRACT if _is_empty(record, phase, Phase.CONTRACT) else phase
    ends = over is Phase.CONTRACT and not record.plan.close
    with transaction(session):
        ledger.set_reached(session, record, over, "closed" if ends else None)
        ledger.settle(session, record, phase, "done")
        for one in Phase:
            if one <= phase or _is_empty(record, phase, one):
                ledger.not_due(session, record, one)
        if phase >= Phase.SWITCH and (record.reached or 0) < Phase.SWITCH:
            ledger.set_switch(session, record, 100)
        if phase is Phase.SWITCH:
            observations.forget(session, record)
        if over is Phase.CONTRACT:
            for step in (*record.plan.comeback, *record.plan.remake):
                ledger.forget_step(session, record, step.name)
        ledger.tell(session, record, phase.participle)
        leases.fence(session, lease)


def _is_empty(record: Record, after: Phase, until: Phase) -> bool:
    """Whether the plan has no step in the phases after the one, up to the other."""
    return not any(record.plan.of(phase) for phase in Phase if after < phase <= until)


def revert_phase(runner: Runner, record: Record, phase: Phase) -> Record:
    """Take a phase back, as far as it was carried out; can be run any number of times."""
    session = runner.session
    if _is_back(record, phase):
        return record
    with held(runner, record) as lease:
        record = ledger.get(session, record.id)
        if _is_back(record, phase):
            return record
        with noting_errors(runner, record):
            if phase is Phase.CONTRACT:
                record = come_back(runner, lease, record)
            else:
                for step in reversed(record.plan.of(phase)):
                    take_back(runner, lease, step)
            _reopen_phase(runner, lease, record, phase)
    runner.tell(PhaseReverted(record.name, phase))
    return ledger.get(session, record.id)


def _is_back(record: Record, phase: Phase) -> bool:
    """Whether it was taken back already; raises where a later phase has to be first."""
    if record.outcome == "reverted" or (record.reached or 0) < phase - 1:
        return True
    if record.reached is not None and not _is_empty(record, phase, record.reached):
        later = Phase(phase + 1)
        raise PhaseOrderError(
            record.name, f"the revert of {phase}", record.state, f"revert {later} first"
        )
    return False


def _reopen_phase(runner: Runner, lease: Lease, record: Record, phase: Phase) -> None:
    session = runner.session
    reached = None if phase is Phase.EXPAND else Phase(phase - 1)
    with transaction(session):
        outcome = "reverted" if phase is Phase.EXPAND else None
        ledger.set_reached(session, record, reached, outcome)
        # The way back from contract is steps of its own, which are done.
        ledger.settle(session, record, phase, "done" if phase is Phase.CONTRACT else "reverted")
        # A later phase stays due: the revision that asked for it is not taken back by this.
        for forgotten in Phase if phase is Phase.EXPAND else (phase,):
            ledger.not_due(session, record, forgotten)
        if phase is Phase.SWITCH:
            ledger.set_switch(session, record, 0)
        else:
            doubt(session, record)
        ledger.tell(session, record, f"{phase} reverted")
        leases.fence(session, lease)
