"""The same command on several hosts: one leads a backfill, the others work on its lanes."""

from expandcontract.engine.apply import apply_phase
from expandcontract.engine.askable import refuse_what_cannot_be_asked
from expandcontract.engine.crew import Crew
from expandcontract.engine.estimating import foretell
from expandcontract.engine.events import Waited
from expandcontract.engine.filling import expecting, recognised, task_for
from expandcontract.engine.helm import Helm
from expandcontract.engine.reconnecting import Reconnecting
from expandcontract.engine.repeating import repeats
from expandcontract.engine.runner import Runner
from expandcontract.errors import ConnectionLostError, FunctionMissingError, RunnerBusyError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.postgres import lanes, ledger, origin
from expandcontract.postgres.ledger import Record

LANES_AFTER = 15.0
"""Seconds in which whoever leads has looked at the table and laid out the lanes."""


def share(runner: Runner, record: Record) -> Record:
    """Lead the backfill phase, or work on the lanes of whoever leads; take over when it dies.

    After a lost connection the phase is begun again, and finds out by itself what is done.
    """
    origin.refuse_read_only(runner.session)
    refuse_what_cannot_be_asked(runner)
    helped, until = False, runner.clock() + LANES_AFTER
    reconnecting = Reconnecting(runner, record.name)
    while True:
        try:
            return apply_phase(runner, record, Phase.BACKFILL)
        except RunnerBusyError as busy:
            if not _assisted(runner, record, busy.holder):
                if helped:
                    return ledger.get(runner.session, record.id)  # what is left is the leader's
                if runner.clock() >= until:
                    raise
                runner.tell(Waited(record.name, f"{busy.holder} has it; waiting for its lanes"))
                continue
            helped = True
        except ConnectionLostError as error:
            reconnecting.again(runner.session, error)


def _assisted(runner: Runner, record: Record, leader: str) -> bool:
    """Work until no lane is left; whether there was one."""
    step = _filled_now(runner, record)
    if step is None or step.backfill is None:
        return False
    if step.backfill.reads and runner.compute is None:
        raise FunctionMissingError(record.name)
    runner.tell(Waited(record.name, f"{step.name} is led by {leader}; working on lanes of it"))
    done = lanes.totals(runner.session, record, step.name)
    foretell(runner, record, step, step.backfill, done)
    again = repeats(runner.session, step.backfill)
    task = task_for(runner, record, step, step.backfill, again=again, lease=None)
    known = recognised(runner, record)
    crew = Crew(expecting(runner, record), Reconnecting(runner, record.name, known))
    crew.work(Helm(crew.runner, task, lanes.totals(runner.session, record, step.name)))
    return True


def _filled_now(runner: Runner, record: Record) -> Step | None:
    """The step whose lanes are being worked on."""
    open_ones = lanes.unfinished_steps(runner.session, record)
    return next((s for s in record.plan.of(Phase.BACKFILL) if s.name in open_ones), None)
