"""What it costs that a backfill can be resumed, taken over, watched and throttled."""

from collections.abc import Iterator
from functools import partial

import expandcontract as ec
from expandcontract.engine import cutting
from expandcontract.engine.repeating import Repeats
from expandcontract.engine.stepping import blocks_for
from expandcontract.model.walk import BlockWalk
from expandcontract.postgres import chunks
from expandcontract.postgres.chunks import Lane
from expandcontract.postgres.session import open_session, transaction
from tests.bench import users
from tests.bench.bed import Bed
from tests.bench.measuring import compared
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table

BATCH = 5000
HEADINGS = ("way", "seconds", "rows/s", "rate")


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """The same chunks, with and without everything else."""
    template = bed.databases.template(
        f"bigint {options.rows}", partial(users.build, rows=options.rows)
    )
    ways = {
        "chunks alone": bare,
        "ec backfill, all of it": users.filled(batch=BATCH, max_lag=10.0),
    }
    alone, whole = compared(
        bed.databases, template, ways, users.is_right, rows=options.rows, runs=options.runs
    )
    ratio = whole.rate / alone.rate
    bars = (("rate", Bar(figure=ratio, least=0.97, is_speed=True)),)
    yield Table(
        title=f"Checkpoints, leases and signals ({options.rows:,} rows)",
        headings=HEADINGS,
        rows=[
            Row(
                cells=(one.name, f"{one.seconds:.2f}", f"{one.rate:,.0f}", f"{share:.2f}"), bars=bar
            )
            for one, share, bar in ((alone, 1.0, ()), (whole, ratio, bars))
        ],
    )


def bare(dsn: str) -> None:
    """The statements of the chunks, a transaction each, and the last look; no ledger."""
    backfill = ec.plan(dsn, users.FILL).steps[0].backfill
    if backfill is None:
        raise AssertionError(users.FILL)
    session = open_session(dsn)
    try:
        planned = cutting.cut(session, backfill, Repeats.NOTHING)
        settings = chunks.settings(backfill, silence=True)
        for walk in (one.walk for one in planned if isinstance(one.walk, BlockWalk)):
            at = walk
            while not at.is_finished:
                chunk = at.chunk(blocks_for(at, BATCH))
                with transaction(session, **settings):
                    at = at.moved(chunk, chunks.write(session, Lane(backfill), chunk))
        chunks.some_differ(session, Lane(backfill))
    finally:
        session.close()
