"""Two ways of which one is to be nearly as fast as the other."""

from collections.abc import Mapping
from functools import partial

from tests.bench import users
from tests.bench.bed import Bed
from tests.bench.measuring import Result, Work, compared
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table

HEADINGS = ("way", "seconds", "rows/s", "rate")


def measured(bed: Bed, options: Options, ways: Mapping[str, Work]) -> list[Result]:
    """Each way on the table of users, in turn."""
    template = bed.databases.template(
        f"bigint {options.rows}", partial(users.build, rows=options.rows)
    )
    return compared(
        bed.databases, template, ways, users.is_right, rows=options.rows, runs=options.runs
    )


def table(title: str, first: Result, second: Result, *, least: float) -> Table:
    """The second way's rate against the first's, and what it is to be."""
    ratio = second.rate / first.rate
    bars = (("rate", Bar(figure=ratio, least=least, is_speed=True)),)
    rows = [
        Row(cells=(one.name, f"{one.seconds:.2f}", f"{one.rate:,.0f}", f"{share:.2f}"), bars=bar)
        for one, share, bar in ((first, 1.0, ()), (second, ratio, bars))
    ]
    return Table(title=f"{title} ({first.rows:,} rows)", headings=HEADINGS, rows=rows)
