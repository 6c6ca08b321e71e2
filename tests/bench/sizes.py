"""Whether a backfill of a large table is as fast as one of a small table, and as modest."""

import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench import users
from tests.bench.bed import Bed
from tests.bench.options import Options
from tests.bench.programs import run
from tests.bench.tables import Bar, Row, Table

SMALL = 100_000
HEADINGS = ("rows", "seconds", "rows/s", "memory")
MEGABYTES = 120
COMMAND = (
    str(Path(sys.executable).with_name("ec")),
    *("backfill", "users", "--set", users.SET, "--max-lag", "off", "--quiet"),
)


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """The command as a user runs it, on both."""
    rows: list[Row] = []
    first = 0.0
    for size in (SMALL, options.large):
        template = bed.databases.template(f"bigint {size}", partial(users.build, rows=size))
        with bed.databases.database(template) as dsn:
            begun = time.perf_counter()
            users.filled()(dsn)
            seconds = time.perf_counter() - begun
        with bed.databases.database(template) as dsn:
            megabytes = run(COMMAND, {"EC_DATABASE_URL": dsn}).megabytes
            if not users.is_right(dsn):
                raise AssertionError(dsn)
        rate = size / seconds
        first = first or rate
        bars = [("memory", Bar(figure=megabytes, most=MEGABYTES))]
        if rows:
            bars.append(("of the small one", Bar(figure=rate / first, least=0.9, is_speed=True)))
        cells = (f"{size:,}", f"{seconds:.1f}", f"{rate:,.0f}", f"{megabytes:.0f} MB")
        rows.append(Row(cells=cells, bars=tuple(bars)))
    yield Table(title="Small and large tables", headings=HEADINGS, rows=rows)
