"""Verification against the backfill that it looks after."""

import time
from collections.abc import Iterator
from functools import partial

import expandcontract as ec
from tests.bench import phases
from tests.bench.bed import Bed
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table

HEADINGS = ("what", "seconds", "rows/s")


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """Both of a renamed column, one after the other."""
    template = bed.databases.template(
        f"renamed {options.rows}", partial(phases.expanded, rows=options.rows)
    )
    with bed.databases.database(template) as dsn:
        begun = time.perf_counter()
        phases.backfill(dsn)
        filled = time.perf_counter()
        ec.verify(dsn, phases.RENAME)
        verified = time.perf_counter()
    took = filled - begun, verified - filled
    bars = (("of the backfill", Bar(figure=took[0] / took[1], least=10.0, is_speed=True)),)
    names = ("ec.backfill", "ec.verify")
    rows = [
        Row(cells=(name, f"{t:.2f}", f"{options.rows / t:,.0f}"), bars=bars if at else ())
        for at, (name, t) in enumerate(zip(names, took, strict=True))
    ]
    title = f"Verification of a renamed column ({options.rows:,} rows)"
    yield Table(title=title, headings=HEADINGS, rows=rows)
