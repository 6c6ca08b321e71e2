"""A function in Python against the same expression in the server."""

from collections.abc import Iterator
from functools import partial

import expandcontract as ec
from tests.bench import rates, users
from tests.bench.bed import Bed
from tests.bench.measuring import compared
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table

COMPUTED = ec.ComputeColumns(table="users", columns=("email_lower",), reads=("email",))
HEADINGS = ("way", "seconds", "rows/s", "rate")


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """Both along the key, which is how a fill in Python goes."""
    template = bed.databases.template(
        f"bigint {options.rows}", partial(users.build, rows=options.rows)
    )
    ways = {"in the server": rates.along_the_key, "in Python": computed}
    server, python = compared(
        bed.databases, template, ways, users.is_right, rows=options.rows, runs=options.runs
    )
    ratio = python.rate / server.rate
    bars = (("rate", Bar(figure=ratio, least=0.7, is_speed=True)),)
    yield Table(
        title=f"A fill in Python ({options.rows:,} rows)",
        headings=HEADINGS,
        rows=[
            Row(
                cells=(one.name, f"{one.seconds:.2f}", f"{one.rate:,.0f}", f"{share:.2f}"), bars=bar
            )
            for one, share, bar in ((server, 1.0, ()), (python, ratio, bars))
        ],
    )


def computed(dsn: str) -> None:
    ec.backfill(dsn, COMPUTED, max_lag=None, fill=lowered)


def lowered(rows: list[dict[str, object]]) -> list[object]:
    return [str(row["email"]).lower() for row in rows]
