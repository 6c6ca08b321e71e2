"""Whether a backfill of a large table is as fast as one of a small table, and as modest.

`python -m tests.bench sizes --large 10000000` is the long one; a table without a row and one of a
single row are among them, so that what a run needs at all is told from what rows need.
"""

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

TINY = (0, 1)
SMALL = 100_000
HEADINGS = ("rows", "seconds", "rows/s", "memory")
MEGABYTES = 120
COMMAND = (
    str(Path(sys.executable).with_name("ec")),
    *("backfill", "users", "--set", users.SET, "--max-lag", "off", "--quiet"),
)


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """The command as a user runs it, on each."""
    rows: list[Row] = []
    first = 0.0
    for size in (*TINY, SMALL, options.large):
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
        bars = [("memory", Bar(figure=megabytes, most=MEGABYTES))]
        if first:
            bars.append(("of the small one", Bar(figure=rate / first, least=0.9, is_speed=True)))
        first = rate if size == SMALL else first
        told = f"{rate:,.0f}" if size >= SMALL else ""
        cells = (f"{size:,}", f"{seconds:.1f}", told, f"{megabytes:.0f} MB")
        rows.append(Row(cells=cells, bars=tuple(bars)))
    yield Table(title="Small and large tables", headings=HEADINGS, rows=rows)
