"""Compares what a backfill should have made equal, chunk by chunk, and changes nothing.

Never throttled by lag: it only reads, and a paused snapshot would hold the horizon of vacuum.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from expandcontract.engine.doubting import doubting_the_copy
from expandcontract.engine.events import ChunkDone
from expandcontract.engine.holding import held
from expandcontract.engine.runner import Runner
from expandcontract.errors import MismatchError, PhaseOrderError
from expandcontract.model.backfill import Backfill, Chunk
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.pacing.progress import Done, Progress, finished
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres import chunks, copying, leases, ledger
from expandcontract.postgres.chunks import Lane
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import transaction

SIZING = Sizing(target=0.5, first=20_000, smallest=1_000, largest=200_000)
SAMPLES = 5


def verify_change(runner: Runner, record: Record) -> None:
    """Every verification of a change that is filled and not yet contracted."""
    if not record.is_open or record.reached not in {Phase.BACKFILL, Phase.SWITCH}:
        raise PhaseOrderError(
            record.name, "the verification", record.state, "it compares what a backfill filled"
        )
    with held(runner, record) as lease, _judging(runner, lease, record):
        for step in record.plan.steps:
            if step.verification is not None:
                verify(runner, lease, step, step.verification)


@contextmanager
def _judging(runner: Runner, lease: Lease, record: Record) -> Iterator[None]:
    """After the switch the new side leads, and the old one's values are not copied over it."""
    if record.reached is Phase.BACKFILL:
        with doubting_the_copy(runner, lease, record):
            yield
        return
    try:
        yield
    except MismatchError as error:
        raise MismatchError(error.step, error.rows, error.samples, switched=record.name) from error


def verify(runner: Runner, lease: Lease, step: Step, backfill: Backfill) -> None:
    """Look at every row up to the highest key of now; rows added later are the trigger's."""
    session, record, lane = runner.session, lease.record, Lane(backfill)
    with transaction(session, **chunks.EVERY_ROW):
        high = chunks.last_key(session, lane)
    progress = Progress(high=high, size=SIZING.first)
    wrong = 0
    samples: tuple[str, ...] = ()
    while not progress.is_finished and progress.high is not None:
        runner.safe_point(f"the verification of {record.name}")
        begun = runner.clock()
        low, high = progress.position, progress.high
        with transaction(session, **chunks.EVERY_ROW):
            bound = chunks.boundary(session, lane, low, high, progress.size)
            seen, differing, keys = copying.compare(session, lane, Chunk(low, bound))
            leases.fence(session, lease)
        took = runner.clock() - begun
        wrong += differing
        samples = (*samples, *keys)[:SAMPLES]
        progress = finished(progress, Done(position=bound, seen=seen, written=0, took=took), SIZING)
        runner.tell(ChunkDone(record.name, step.name, progress, took))
    if wrong:
        raise MismatchError(step.name, wrong, samples)
    with transaction(session):
        ledger.set_step(session, record, step.name, step.phase, "done")
        leases.fence(session, lease)
