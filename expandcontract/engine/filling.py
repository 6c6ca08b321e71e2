"""Drives one backfill: all the waiting, none of the deciding."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from expandcontract.engine.attempts import Attempts
from expandcontract.engine.events import ChunkDone, Held, StepDone, StepSkipped, StepStarted
from expandcontract.engine.runner import Runner
from expandcontract.errors import LeaseLostError, ServerRefusedError
from expandcontract.model.backfill import Backfill, Chunk
from expandcontract.model.lock import Lock
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement
from expandcontract.pacing.progress import Done, Finish, Progress, Run, Wait, decide, finished
from expandcontract.pacing.throttle import Pace, Reading, pace, rest_after
from expandcontract.postgres import chunks, copying, leases, ledger
from expandcontract.postgres.chunks import Lane
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.session import transaction
from expandcontract.signals.base import Watch
from expandcontract.signals.registry import known

READ_EVERY = 0.25
"""Seconds for which a signal's reading is good enough."""

ASK_AGAIN = 0.5
"""Seconds between two looks at the signals while they hold."""

LEAST_LOCK_TIMEOUT = 0.5


def fill(runner: Runner, lease: Lease, step: Step, backfill: Backfill) -> bool:
    """Carry the backfill to its end, from wherever it was left; whether anything was left."""
    record, session, lane = lease.record, runner.session, Lane(backfill)
    progress = _resume(runner, lease, step, lane)
    if progress is None:
        runner.tell(StepSkipped(record.name, step.name))
        return False
    runner.tell(StepStarted(record.name, step.name, step.summary))
    begun, ask = runner.clock(), _pacer(runner)
    local = _settings(runner, backfill)
    while True:
        runner.safe_point(f"the backfill of {record.name}")
        match decide(progress, ask()):
            case Finish():
                break
            case Wait(reasons):
                _hold(runner, lease, step, reasons)
            case Run(share=share):
                progress, took = _chunk(runner, lease, step, lane, progress, local)
                runner.tell(ChunkDone(record.name, step.name, progress, took, share))
                runner.sleep(rest_after(took, share))
            case unreachable:
                assert_never(unreachable)
    with transaction(session):
        chunks.finish(session, record, step.name)
        ledger.set_step(session, record, step.name, step.phase, "done")
        leases.fence(session, lease)
    runner.tell(StepDone(record.name, step.name, runner.clock() - begun))
    return True


def _resume(runner: Runner, lease: Lease, step: Step, lane: Lane) -> Progress | None:
    """Where the lane stands; None where it is finished."""
    session, record, first = runner.session, lease.record, runner.sizing.first
    if (found := chunks.load(session, record, step.name, first)) is None:
        with transaction(session, **chunks.EVERY_ROW):
            chunks.begin(session, record, step.name, lane)
            leases.fence(session, lease)
        found = chunks.load(session, record, step.name, first)
    if found is None:
        raise LeaseLostError(record.name)
    progress, is_over = found
    return None if is_over else progress


def _settings(runner: Runner, backfill: Backfill) -> dict[str, str]:
    major = int(runner.session.rows("SHOW server_version_num")[0][0]) // 10000
    silence = chunks.may_silence_triggers(runner.session, major)
    wait = max(LEAST_LOCK_TIMEOUT, 5 * runner.sizing.target)
    timeout = {"lock_timeout": f"{wait * 1000:.0f}ms"}
    return {**timeout, **chunks.settings(backfill, silence=silence)}


def _chunk(  # what a chunk is, once for all the calls of the loop
    runner: Runner,
    lease: Lease,
    step: Step,
    lane: Lane,
    progress: Progress,
    local: dict[str, str],
) -> tuple[Progress, float]:
    """One chunk, its checkpoint and the fence in one transaction; tried again, half as large."""
    attempts = Attempts(runner, lease, step)
    # Whoever has written rows and not ended its transaction may be in the way.
    rows = Statement(sql="", table=lane.backfill.table, lock=Lock.EXCLUSIVE)
    while True:
        started = runner.clock()
        try:
            with transaction(runner.session, **local):
                done = _write(runner, lane, progress)
                after = finished(progress, done, runner.sizing)
                if not chunks.save(runner.session, lease.record, step.name, progress, after):
                    raise LeaseLostError(lease.record.name)
                leases.fence(runner.session, lease)
        except ServerRefusedError as error:
            attempts.rest(error, [rows])
            progress = replace(progress, size=max(runner.sizing.smallest, progress.size // 2))
        else:
            took = runner.clock() - started
            # Sized anew by the time that the whole transaction took, commit included.
            return finished(progress, replace(done, took=took), runner.sizing), took


def _write(runner: Runner, lane: Lane, progress: Progress) -> Done:
    begun = runner.clock()
    if progress.high is None:
        raise AssertionError
    bound = chunks.boundary(runner.session, lane, progress.position, progress.high, progress.size)
    written = copying.write(runner.session, lane, Chunk(progress.position, bound))
    seen = progress.size if bound != progress.high else written
    return Done(position=bound, seen=seen, written=written, took=runner.clock() - begun)


def _hold(runner: Runner, lease: Lease, step: Step, reasons: tuple[str, ...]) -> None:
    with transaction(runner.session):
        chunks.hold(runner.session, lease.record, step.name, reasons)
        leases.fence(runner.session, lease)
    runner.tell(Held(lease.record.name, step.name, reasons))
    runner.sleep(ASK_AGAIN)


def _pacer(runner: Runner) -> Callable[[], Pace]:
    """Reads the signals when the last readings are too old, and says what they allow."""
    readers = []
    for name, signal in known().items():
        limit = runner.limits.get(name, signal.default)
        if limit is not None:
            watch = Watch(limit=limit, standbys=runner.standbys, clock=runner.clock)
            readers.append(signal.start(watch))
    readings: list[Reading] = []
    read_at = float("-inf")

    def ask() -> Pace:
        nonlocal readings, read_at
        if runner.clock() - read_at >= READ_EVERY:
            readings = [reading for read in readers for reading in read(runner.session)]
            read_at = runner.clock()
        return pace(readings)

    return ask
