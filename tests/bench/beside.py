"""What an application notices while a backfill runs as fast as it can."""

import time
from collections.abc import Iterator
from functools import partial

from expandcontract.engine import adhoc
from expandcontract.engine.events import ChunkDone, Event
from expandcontract.engine.runner import Runner
from expandcontract.postgres.session import open_session
from tests.bench import users
from tests.bench.bed import Bed
from tests.bench.load import Latencies, load, p99
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
)
IDLE = 8.0
TWICE_AND_A_HALF = 2.5
A_MOMENT = 100.0
"""Milliseconds for which a machine without a free core lets a writer wait by itself."""


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """Nothing, one UPDATE, somebody else, and a backfill beside the same load."""
    template = bed.databases.template(
        f"bigint {options.rows}", partial(users.build, rows=options.rows)
    )
    chunks: list[float] = []
    rows: list[Row] = []
    idle: Latencies | None = None
    ways: tuple[tuple[str, Work], ...] = (
        ("nothing", _nothing),
        ("one UPDATE", users.one_update),
        ("a writer of another table", _another),
        ("ec backfill", partial(_filled, chunks=chunks)),
    )
    for name, work in ways:
        with bed.databases.database(template) as dsn, load(dsn, options.rows) as found:
            begun = time.perf_counter()
            work(dsn)
            seconds = time.perf_counter() - begun
        idle = idle or found
        longest = max(chunks, default=0.0) * 1000
        rows.append(_row(name, found, idle, options.rows / seconds, longest))
    yield Table(
        title=f"What an application notices ({options.rows:,} rows, 400 requests/s at most)",
        headings=HEADINGS,
        rows=rows,
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


def _row(name: str, found: Latencies, idle: Latencies, rate: float, chunk: float) -> Row:
    reads, writes, longest = p99(found.reads), p99(found.writes), max(found.writes)
    filled = name == "ec backfill"
    cells = (
        name,
        f"{rate:,.0f}" if name in {"one UPDATE", "ec backfill"} else "",
        f"{reads:.1f} ms",
        f"{writes:.1f} ms",
        f"{longest:.0f} ms",
        f"{chunk:.0f} ms" if filled else "",
    )
    if not filled:
        return Row(cells=cells)
    most = TWICE_AND_A_HALF
    return Row(
        cells=cells,
        bars=(
            ("reads", Bar(figure=reads / p99(idle.reads), most=most, is_speed=True)),
            ("writes", Bar(figure=writes / p99(idle.writes), most=most, is_speed=True)),
            ("wait", Bar(figure=longest / (chunk + A_MOMENT), most=1.0, is_speed=True)),
        ),
    )
