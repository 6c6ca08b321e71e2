"""Compares what a backfill should have made equal, chunk by chunk, and changes nothing.

Never throttled by lag: it only reads, and a paused snapshot would hold the horizon of vacuum.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from expandcontract.engine.doubting import doubting_the_copy
from expandcontract.engine.events import ChunkDone
from expandcontract.engine.holding import held
from expandcontract.engine.proving import note_equal
from expandcontract.engine.repairing import can_be_repaired, repaired, repairs
from expandcontract.engine.runner import Runner
from expandcontract.errors import MismatchError, PhaseOrderError
from expandcontract.model.backfill import Backfill, Chunk
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.pacing.progress import Done, Progress, finished
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres import chunks, copying, leases, ledger
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import transaction

SIZING = Sizing(target=0.5, first=20_000, smallest=1_000, largest=200_000)
SAMPLES = 5


def verify_change(
    runner: Runner, record: Record, *, repair: bool = False, rate: float | None = None
) -> None:
    """Every verification of a change that is filled and not yet contracted.

    Without the lease: it reads, and may last; what it writes is written under the lease.
    """
    if not can_be_verified(record):
        why = "it compares what a backfill filled"
        if record.reached is Phase.EXPAND:
            why += f"; run ec backfill {record.name} first"
        raise PhaseOrderError(record.name, "the verification", record.state, why)
    for step in record.plan.steps:
        if step.verification is None:
            continue
        ways = repairs(record, step.verification) if repair else ()
        found = Found()
        for chunk, look in _looks(runner, record.name, step, step.verification, rate):
            if look.wrong and ways:
                look = replace(look, wrong=repaired(runner, record, step, ways, chunk))  # noqa: PLW2901
            found.add(look)
        if found.wrong:
            error = MismatchError(step.name, found.wrong, found.samples)
            can_repair = not repair and can_be_repaired(record, step.verification)
            _refute(runner, record, error, can_repair=can_repair)
    note_equal(runner.session, record)


def can_be_verified(record: Record) -> bool:
    """Whether both sides are there and meant to be equal."""
    return record.is_open and record.reached in {Phase.BACKFILL, Phase.SWITCH}


def _refute(runner: Runner, record: Record, error: MismatchError, *, can_repair: bool) -> NoReturn:
    """After the switch the new side leads, and the old one's values are not copied over it."""
    with held(runner, record) as lease:
        now = ledger.get(runner.session, record.id)
        if now.reached is Phase.BACKFILL:
            with doubting_the_copy(runner, lease, now):
                raise error
    raise MismatchError(
        error.step, error.rows, error.samples, switched=record.name, repairable=can_repair
    ) from error


def verify(runner: Runner, lease: Lease, step: Step, backfill: Backfill) -> None:
    """Look at every row up to the highest key of now; rows added later are the trigger's."""
    session, record, found = runner.session, lease.record, Found()
    for _, look in _looks(runner, record.name, step, backfill, None):
        leases.fence(session, lease)
        found.add(look)
    if found.wrong:
        raise MismatchError(step.name, found.wrong, found.samples)
    with transaction(session):
        ledger.set_step(session, record, step.name, step.phase, "done")
        leases.fence(session, lease)


@dataclass(frozen=True, slots=True)
class Look:
    """What one chunk showed."""

    wrong: int
    samples: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """What all chunks showed."""

    wrong: int = 0
    samples: tuple[str, ...] = ()

    def add(self, look: Look) -> None:
        """Count a chunk."""
        self.wrong += look.wrong
        self.samples = (*self.samples, *(look.samples if look.wrong else ()))[:SAMPLES]


def _looks(
    runner: Runner, name: str, step: Step, backfill: Backfill, rate: float | None
) -> Iterator[tuple[Chunk, Look]]:
    """Every chunk, compared in a transaction of its own, at no more rows a second than wanted."""
    session, lane, sizing = runner.session, Lane(backfill), sizing_at(rate)
    with runner.reading(), transaction(session, **chunks.EVERY_ROW):
        high = chunks.last_key(session, lane)
    progress = Progress(high=high, size=sizing.first)
    while not progress.is_finished and progress.high is not None:
        runner.safe_point(f"the verification of {name}")
        begun = runner.clock()
        low, high = progress.position, progress.high
        with runner.reading(), transaction(session, **chunks.EVERY_ROW):
            bound = chunks.boundary(session, lane, low, high, progress.size)
            chunk = Chunk(low, bound)
            seen, differing, keys = copying.compare(session, lane, chunk)
        took = runner.clock() - begun
        progress = finished(progress, Done(position=bound, seen=seen, written=0, took=took), sizing)
        yield chunk, Look(differing, keys)
        runner.tell(ChunkDone(name, step.name, progress, took))
        if rate is not None:
            runner.sleep(max(0.0, seen / rate - took))


def sizing_at(rate: float | None) -> Sizing:
    """Chunks of a second at most, where a rate is wanted.

    >>> sizing_at(None) is SIZING, sizing_at(100.0).largest
    (True, 100)
    """
    if rate is None:
        return SIZING
    largest = max(1, min(SIZING.largest, int(rate)))
    return replace(SIZING, first=largest, smallest=min(SIZING.smallest, largest), largest=largest)
