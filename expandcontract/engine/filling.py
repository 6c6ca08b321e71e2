"""Carries one backfill to its end, with as many workers as are wanted, here and on other hosts.

The leader holds the lease of the change: it cuts the table into lanes and closes the step. Lanes
are worked on by anybody who runs the same command.
"""

from dataclasses import replace

from expandcontract.engine.crew import Crew
from expandcontract.engine.cutting import anew, another_look, cut
from expandcontract.engine.estimating import foretell
from expandcontract.engine.events import StepDone, StepSkipped, StepStarted, Waited
from expandcontract.engine.helm import Helm, Task
from expandcontract.engine.reconnecting import Reconnecting
from expandcontract.engine.repeating import Repeats, repeats
from expandcontract.engine.retrying import retry_quarantined
from expandcontract.engine.runner import MAX_LAG, Runner
from expandcontract.engine.withheld import LATER, guards, refuse_withheld, withholders
from expandcontract.errors import FunctionMissingError, RowsFailedError
from expandcontract.model.backfill import Backfill
from expandcontract.model.plan import Step
from expandcontract.pacing.sizing import Sizing, bounded
from expandcontract.postgres import (
    chunks,
    controls,
    lanes,
    leases,
    ledger,
    memory,
    observations,
    origin,
    quarantine,
    relations,
    samples,
)
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import transaction

LEAST_LOCK_TIMEOUT = 0.5
BEFORE_DEADLOCK = 0.8
"""Of the server's deadlock_timeout: in a deadlock with the application it is we who step back."""

SOURCE = "signal "
"""What a run notes of its own signals begins so."""

MOST_LOOKS = 10
ROW_SIZE = """
    SELECT CASE WHEN reltuples > 0 THEN relpages * 8192.0 / reltuples ELSE 0 END::float8,
           greatest(reltuples, 0)::float8
    FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(%(table)s)
"""
DEADLOCK_TIMEOUT = "SELECT setting::float8 / 1000 FROM pg_catalog.pg_settings WHERE name = %(name)s"


def fill(runner: Runner, lease: Lease, step: Step, backfill: Backfill) -> bool:
    """Carry the backfill to its end, from wherever it was left; whether anything was left."""
    record, session = lease.record, runner.session
    if backfill.reads and runner.compute is None:
        raise FunctionMissingError(record.name)
    known = recognised(runner, record)
    runner = expecting(runner, record)
    again = repeats(session, backfill)
    found = lanes.totals(session, record, step.name)
    if found.lanes and ledger.step_states(session, record).get(step.name) == "done":
        runner.tell(StepSkipped(record.name, step.name))
        return False
    if found.unfinished or not found.lanes:
        foretell(runner, record, step, backfill, found)
    if not found.lanes:
        with transaction(session, **chunks.EVERY_ROW):
            lanes.begin(session, record, step.name, cut(session, backfill, again))
            samples.forget(session, record, step.name)
            leases.fence(session, lease)
    runner.tell(StepStarted(record.name, step.name, step.summary))
    begun = runner.clock()
    runner = replace(runner, sizing=bounded_sizing(runner, backfill))
    task = task_for(runner, record, step, backfill, again=again, lease=lease)
    controls.begun(session, record)
    crew = Crew(runner, Reconnecting(runner, record.name, known))
    crew.work(Helm(crew.runner, task, lanes.totals(session, record, step.name)))
    _look_again(crew, task, backfill)
    if runner.quarantined:
        retry_quarantined(crew.runner, task)
        _look_for_withheld(crew, task, again)
    _settle(runner, task, lease, again)
    runner.tell(StepDone(record.name, step.name, runner.clock() - begun))
    return True


def task_for(  # all that a backfill is
    runner: Runner,
    record: Record,
    step: Step,
    backfill: Backfill,
    *,
    again: Repeats,
    lease: Lease | None,
) -> Task:
    """The backfill as workers need it."""
    local = _settings(runner, backfill)
    is_told_by_values = again is Repeats.NOTHING and not backfill.reads
    return Task(
        record=record,
        step=step,
        backfill=backfill,
        lease=lease,
        fleeting=again is Repeats.ANOTHER_VALUE,
        local=local,
        guards=() if is_told_by_values else guards(runner.session, backfill, local),
    )


def bounded_sizing(runner: Runner, backfill: Backfill) -> Sizing:
    """Chunks that neither the lag limit nor the width of the rows make too large."""
    found = runner.session.rows(ROW_SIZE, {"table": str(backfill.table)})
    row_bytes, rows = found[0] if found else (0.0, 0.0)
    limit = runner.limits.get("replication_lag", MAX_LAG)
    return bounded(runner.sizing, lag_limit=limit, row_bytes=row_bytes, rows=rows)


def recognised(runner: Runner, record: Record) -> origin.Origin | None:
    """Which server this is; refuses a primary from before the last failover."""
    found, before = origin.origin(runner.session), origin.noted(runner.session)
    if found is None:
        return None
    if before is not None and before.system == found.system:
        before.refuse_older(found)
        if before != found:
            text = f"a failover has happened: rows and progress are of timeline {found.timeline}"
            runner.tell(Waited(record.name, text))
    origin.note(runner.session, found)
    return found


def expecting(runner: Runner, record: Record) -> Runner:
    """Where nobody has named standbys, those count that streamed when this was worked on last."""
    sources = {f"{SOURCE}{one.name}": one.signal.name for one in runner.sources}
    observations.see(runner.session, record, sources)  # for `ec tune`, wherever it is run
    remembered = () if runner.standbys else memory.streamed(runner.session, record)
    return replace(runner, remembered=remembered)


def _settings(runner: Runner, backfill: Backfill) -> dict[str, str]:
    session = runner.session
    silence = chunks.may_silence_triggers(session, relations.major(session))
    [(deadlock,)] = session.rows(DEADLOCK_TIMEOUT, {"name": "deadlock_timeout"})
    wait = min(max(LEAST_LOCK_TIMEOUT, 5 * runner.sizing.target), BEFORE_DEADLOCK * deadlock)
    timeout = {"lock_timeout": f"{wait * 1000:.0f}ms"}
    return {**timeout, **chunks.settings(backfill, silence=silence)}


def _look_again(crew: Crew, task: Task, backfill: Backfill) -> None:
    """Without a key, rows that move may be missed by any walk; one query alone sees them all."""
    session, record, step = crew.runner.session, task.record, task.step.name
    if backfill.key:
        return
    for _ in range(MOST_LOOKS):
        with transaction(session, **chunks.EVERY_ROW):
            differing = chunks.count_differing(session, Lane(backfill))
        if not differing:
            return
        with transaction(session):
            lanes.forget_stage(session, record, step, 1)
            found = relations.leaves(session, backfill)
            lanes.begin(session, record, step, another_look(found), first=LATER)
        crew.work(Helm(crew.runner, task, lanes.totals(session, record, step)))
        if not lanes.totals(session, record, step).written_later and withholders(
            session, backfill, task.local
        ):
            return


def _look_for_withheld(crew: Crew, task: Task, again: Repeats) -> None:
    """A run that ended with rows in quarantine has not asked for rows that a trigger kept back.

    The trigger may be gone since then; a walk that finds nothing only reads.
    """
    session, record, step = crew.runner.session, task.record, task.step.name
    backfill = task.backfill
    is_looked_at = backfill.key and not backfill.reads and backfill.into is None
    left = quarantine.count(session, record, step)
    if left or again is not Repeats.NOTHING or not is_looked_at:
        return
    with transaction(session, **chunks.EVERY_ROW):
        lanes.forget_stage(session, record, step, 1)
        lanes.begin(session, record, step, anew(session, backfill), first=LATER)
    crew.work(Helm(crew.runner, task, lanes.totals(session, record, step)))


def _settle(runner: Runner, task: Task, lease: Lease, again: Repeats) -> None:
    """The step is done when no row is left in quarantine, and none as it was."""
    session, record, step = runner.session, task.record, task.step
    if failed := quarantine.count(session, record, step.name):
        samples = quarantine.some(session, record, step.name)
        raise RowsFailedError(record.name, step.name, failed, tuple(map(str, samples)))
    refuse_withheld(runner, task, again)
    with transaction(session):
        ledger.set_step(session, record, step.name, step.phase, "done")
        leases.fence(session, lease)
