"""What it costs that a backfill can be resumed, taken over, watched and throttled.

The bar is about rows: from the first to the last, which is what hours are made of. What comes
before the first row (a connection, the ledger, the catalog, a sample for the estimate, a first look
at the signals) is paid once, however large the table is, and stands in a table of its own. Both
ways end with a look at whether any row still differs. Vacuum between chunks is neither checkpoint
nor lease nor signal, so that both ways go without.
"""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import expandcontract as ec
from expandcontract.engine import adhoc, cutting
from expandcontract.engine.events import ChunkDone, Event, StepDone
from expandcontract.engine.repeating import Repeats
from expandcontract.engine.runner import Runner
from expandcontract.engine.stepping import blocks_for
from expandcontract.model.walk import BlockWalk
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres import chunks
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import open_session, transaction
from tests.bench import pairs, users
from tests.bench.bed import Bed
from tests.bench.options import Options
from tests.bench.tables import Row, Table

BATCH = 5000
MAX_LAG = 10.0


@dataclass(slots=True)
class Stretches:
    """Seconds before the first row, and from there to the last, of every run."""

    before: list[float] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)

    def note(self, begun: float, first: float, last: float) -> None:
        self.before.append(first - begun)
        self.rows.append(last - first)


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """The same chunks, with and without everything else; and what comes before the first."""
    bare, whole, again = Stretches(), Stretches(), Stretches()

    def alone(dsn: str) -> None:
        _bare(dsn, bare)

    def all_of_it(dsn: str) -> None:
        _filled(dsn, whole)
        _filled(dsn, again)  # nothing is left to write, and the ledger is there

    ways = {"chunks alone": alone, "ec backfill": all_of_it}
    found = [
        replace(one, seconds=statistics.median(stretches.rows))
        for one, stretches in zip(pairs.measured(bed, options, ways), (bare, whole), strict=True)
    ]
    yield pairs.table("Checkpoints, leases and signals, first row to last", *found, least=0.97)
    yield Table(
        title="Before the first row, whatever the size of the table",
        headings=("run", "seconds"),
        rows=[
            Row(cells=(name, f"{statistics.median(stretches.before):.2f}"))
            for name, stretches in (("the first of a database", whole), ("a later one", again))
        ],
    )


def _filled(dsn: str, into: Stretches) -> None:
    moments: dict[type[Event], float] = {}
    begun = time.perf_counter()

    def tell(event: Event) -> None:
        now = time.perf_counter()
        if isinstance(event, ChunkDone):
            moments.setdefault(ChunkDone, now - event.seconds)
        else:
            moments[type(event)] = now

    session = open_session(dsn)
    try:
        run = Runner(
            session=session,
            limits={"replication_lag": MAX_LAG, "vacuums": None},
            sizing=Sizing(first=BATCH, smallest=BATCH, largest=BATCH),
            tell=tell,
        )
        adhoc.carry_on(run, adhoc.begin(run, users.FILL))
    finally:
        session.close()
    into.note(begun, moments.get(ChunkDone, moments[StepDone]), moments[StepDone])


def _bare(dsn: str, into: Stretches) -> None:
    """The statements of the chunks, a transaction each, and the last look; no ledger."""
    begun = time.perf_counter()
    backfill = ec.plan(dsn, users.FILL).steps[0].backfill
    if backfill is None:
        raise AssertionError(users.FILL)
    session = open_session(dsn)
    try:
        planned = cutting.cut(session, backfill, Repeats.NOTHING)
        settings = chunks.settings(backfill, silence=True)
        first = time.perf_counter()
        for walk in (one.walk for one in planned if isinstance(one.walk, BlockWalk)):
            at = walk
            while not at.is_finished:
                chunk = at.chunk(blocks_for(at, BATCH))
                with transaction(session, **settings):
                    at = at.moved(chunk, chunks.write(session, Lane(backfill), chunk))
        chunks.some_differ(session, Lane(backfill))
        into.note(begun, first, time.perf_counter())
    finally:
        session.close()
