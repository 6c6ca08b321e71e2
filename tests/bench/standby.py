"""A standby that replays slowly: what it could replay, and what a backfill makes of that."""

import time
from collections.abc import Iterator
from functools import partial

from tests.bench import users
from tests.bench.bed import Bed
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table
from tests.support.lagging import Lag
from tests.support.slow import slowed

LIMIT = 1.0
SHARE = 0.12
"""Of the time in which the standby may replay."""

HEADINGS = ("limit", "seconds until replayed", "rows/s", "highest lag", "over 1 s")


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """Without a limit the standby is busy until the end: that is all that it can."""
    template = bed.databases.template(
        f"bigint {options.rows}", partial(users.build, rows=options.rows)
    )
    free, unbounded = _measured(bed, template, None)
    held, lag = _measured(bed, template, LIMIT)
    bars = (
        ("of what it replays", Bar(figure=free / held, least=0.95, is_speed=True)),
        ("lag", Bar(figure=lag.highest, most=LIMIT)),
    )
    rows = [
        Row(cells=_cells("none", options.rows, free, unbounded)),
        Row(cells=_cells(f"{LIMIT:g} s", options.rows, held, lag), bars=bars),
    ]
    title = f"A standby that replays for {SHARE:.0%} of the time ({options.rows:,} rows)"
    yield Table(title=title, headings=HEADINGS, rows=rows)


def _measured(bed: Bed, template: str, limit: float | None) -> tuple[float, Lag]:
    [standby] = bed.cluster.standbys
    with bed.databases.database(template) as dsn:
        users.execute(dsn, "CHECKPOINT")
        bed.cluster.wait_until_replayed()
        with Lag(bed.cluster.primary, standby) as lag, slowed(standby, SHARE):
            begun = time.monotonic()
            users.filled(max_lag=limit)(dsn)
            bed.cluster.wait_until_replayed(300)
            return time.monotonic() - begun, lag


def _cells(limit: str, rows: int, took: float, lag: Lag) -> tuple[str, ...]:
    over = f"{lag.share_over(LIMIT):.0%} of the time"
    return limit, f"{took:.2f}", f"{rows / took:,.0f}", f"{lag.highest:.2f} s", over
