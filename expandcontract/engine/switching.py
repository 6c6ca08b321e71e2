"""Moves the application's reads between the two sides of a change."""

from expandcontract.engine.apply import apply_phase, revert_phase
from expandcontract.engine.events import ReadsMoved
from expandcontract.engine.holding import held
from expandcontract.engine.passing import pass_gate
from expandcontract.engine.proving import doubt, is_fresh
from expandcontract.engine.runner import Runner
from expandcontract.engine.verifying import verify_change
from expandcontract.errors import ArgumentError, NoSidesError, PhaseOrderError
from expandcontract.model.phase import Phase
from expandcontract.postgres import leases, ledger
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import transaction

ALL = 100


def move_reads(runner: Runner, record: Record, percent: int, *, override: str = "") -> Record:
    """Let so many per cent of the keys read the new side; 100 and 0 move the authority too.

    Before the first reads move, old and new are compared in every row, unless that was done within
    the hour. `override` is the recorded reason for going through a closed gate.
    """
    if type(percent) is not int or not 0 <= percent <= ALL:
        raise ArgumentError("switch", "percent", percent, "a whole number from 0 to 100")
    if percent == ALL:  # of any kind: constraints are proved where no reads can move, too
        return to_new(runner, record, override=override)
    _refuse_one_sided(record)
    if percent == 0:
        return to_old(runner, record)
    _in_the_window(record)
    pass_gate(runner, record, Phase.SWITCH, override=override)
    before, _ = ledger.switch_of(runner.session, record)
    if before == 0 and not is_fresh(runner.session, record):
        verify_change(runner, record)
    return _set(runner, record, percent)


def to_new(runner: Runner, record: Record, *, override: str = "") -> Record:
    """Run the switch phase: the new side leads, and everybody reads it."""
    record = apply_phase(runner, record, Phase.SWITCH, override=override)
    if record.is_open and ledger.switch_of(runner.session, record)[0] != ALL:
        return _set(runner, record, ALL)  # the phase was over, and reads had been taken back
    return record


def to_old(runner: Runner, record: Record) -> Record:
    """Take the switch phase back: the old side leads, and everybody reads it."""
    return revert_phase(runner, record, Phase.SWITCH)


def kill(runner: Runner, record: Record) -> Record:
    """All reads to the old side at once: no gate, no lease and no lock is waited for.

    Whoever is moving reads at this moment has moved them before: the newest position holds.
    """
    _refuse_one_sided(record)
    if not record.is_open or record.reached is Phase.CONTRACT:
        done = "the old side is gone: revert contract first"
        raise PhaseOrderError(record.name, "the move of reads", record.state, done)
    session = runner.session
    ledger.kill(session, record)
    ledger.tell(session, record, "reads killed")
    doubt(session, record)
    runner.tell(ReadsMoved(record.name, 0, killed=True))
    return record


def _set(runner: Runner, record: Record, percent: int) -> Record:
    session = runner.session
    with held(runner, record) as lease:
        record = ledger.get(session, record.id)
        _in_the_window(record)
        with transaction(session):
            ledger.set_switch(session, record, percent)
            ledger.tell(session, record, "reads moved", percent=str(percent))
            leases.fence(session, lease)
    runner.tell(ReadsMoved(record.name, percent))
    return record


def _refuse_one_sided(record: Record) -> None:
    if not record.plan.counters and not record.plan.retires:
        raise NoSidesError(record.name)


def _in_the_window(record: Record) -> None:
    """Both sides are complete from the end of the backfill to contract."""
    if record.is_open and record.over in {Phase.BACKFILL, Phase.SWITCH}:
        return
    done = "the old side is gone" if record.outcome == "closed" else ""
    if record.next_phase in {Phase.EXPAND, Phase.BACKFILL}:
        done = f"run backfill first: ec backfill {record.name}"
    done = done or "start the change again: alembic upgrade"
    raise PhaseOrderError(record.name, "the move of reads", record.state, done)
