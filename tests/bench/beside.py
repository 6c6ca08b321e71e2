"""What an application notices while a backfill runs as fast as it can."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from expandcontract.engine import adhoc
from expandcontract.engine.events import ChunkDone, Event
from expandcontract.engine.runner import Runner
from expandcontract.postgres.session import open_session
from tests.bench import users
from tests.bench.bed import Bed
from tests.bench.load import load, p99
from tests.bench.measuring import Work, connected
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table

HEADINGS = (
    "beside it",
    "rows/s",
    "p99 of reads",
    "p99 of writes",
    "longest write",
    "longest chunk",
    "p99 against the other writer's",
)
NOTHING, UPDATE, ANOTHER, FILLED = (
    "nothing",
    "one UPDATE",
    "a writer of another table",
    "ec backfill",
)
IDLE = 8.0
TWICE_AND_A_HALF = 2.5
A_MOMENT = 100.0
"""Milliseconds for which a machine without a free core lets a writer wait by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What the application noticed of one run of a way, in milliseconds."""

    rate: float  #: rows a second of the way itself
    reads: float  #: 99 of 100 took no longer
    writes: float
    longest: float  #: write
    chunk: float  #: the longest of the backfill


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """Nothing, one UPDATE, somebody else, and a backfill beside the same load, in turn."""
    template = bed.databases.template(
        f"bigint {options.rows}", partial(users.build, rows=options.rows)
    )
    made: dict[str, list[Noticed]] = {NOTHING: [], UPDATE: [], ANOTHER: [], FILLED: []}
    for _ in range(options.runs):
        for way, found in made.items():
            with bed.databases.database(template) as dsn:
                found.append(_noticed(way, dsn, options.rows))
    yield Table(
        title=f"What an application notices ({options.rows:,} rows, 400 requests/s at most)",
        headings=HEADINGS,
        rows=[_row(way, made) for way in made],
    )


def _noticed(way: str, dsn: str, rows: int) -> Noticed:
    chunks: list[float] = []
    work: dict[str, Work] = {
        NOTHING: _nothing,
        UPDATE: users.one_update,
        ANOTHER: _another,
        FILLED: partial(_filled, chunks=chunks),
    }
    with load(dsn, rows) as found:
        begun = time.perf_counter()
        work[way](dsn)
        seconds = time.perf_counter() - begun
    return Noticed(
        rate=rows / seconds,
        reads=p99(found.reads),
        writes=p99(found.writes),
        longest=max(found.writes),
        chunk=max(chunks, default=0.0) * 1000,
    )


def _nothing(_dsn: str) -> None:
    time.sleep(IDLE)


def _another(dsn: str) -> None:
    """Whoever keeps one connection busy takes a processor, without any row in the way."""
    with connected(dsn) as connection:
        connection.execute("CREATE TABLE others (LIKE users INCLUDING ALL)")
        until = time.monotonic() + IDLE
        while time.monotonic() < until:
            connection.execute("INSERT INTO others SELECT * FROM users WHERE id <= 1000")
            connection.execute("DELETE FROM others")


def _filled(dsn: str, chunks: list[float]) -> None:
    def tell(event: Event) -> None:
        if isinstance(event, ChunkDone):
            chunks.append(event.seconds)

    session = open_session(dsn)
    try:
        run = Runner(session=session, limits={"replication_lag": None}, tell=tell)
        adhoc.carry_on(run, adhoc.begin(run, users.FILL))
    finally:
        session.close()


def _row(way: str, made: Mapping[str, Sequence[Noticed]]) -> Row:
    found = made[way]
    reads, writes = _p99s(found)
    longest, chunk = max(run.longest for run in found), max(run.chunk for run in found)
    rate = median(run.rate for run in found)
    other = [
        f"{own / its:.2f}" for own, its in zip((reads, writes), _p99s(made[ANOTHER]), strict=True)
    ]
    cells = (
        way,
        f"{rate:,.0f}" if way in {UPDATE, FILLED} else "",
        f"{reads:.1f} ms",
        f"{writes:.1f} ms",
        f"{longest:.0f} ms",
        f"{chunk:.0f} ms" if way == FILLED else "",
        f"reads {other[0]}, writes {other[1]}" if way == FILLED else "",
    )
    if way != FILLED:
        return Row(cells=cells)
    most = TWICE_AND_A_HALF
    of_reads, of_writes = (
        own / its for own, its in zip((reads, writes), _p99s(made[NOTHING]), strict=True)
    )
    return Row(
        cells=cells,
        bars=(
            ("reads", Bar(figure=of_reads, most=most, is_speed=True)),
            ("writes", Bar(figure=of_writes, most=most, is_speed=True)),
            ("wait", Bar(figure=longest / (chunk + A_MOMENT), most=1.0, is_speed=True)),
        ),
    )


def _p99s(runs: Sequence[Noticed]) -> tuple[float, float]:
    """Of reads and of writes, the medians of the runs."""
    return median(run.reads for run in runs), median(run.writes for run in runs)
