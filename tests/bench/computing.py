"""A function in Python against the same expression in the server."""

from collections.abc import Iterator

import expandcontract as ec
from tests.bench import pairs, users
from tests.bench.bed import Bed
from tests.bench.options import Options
from tests.bench.tables import Table

COMPUTED = ec.ComputeColumns(table="users", columns=("email_lower",), reads=("email",))


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """Both along the key, which is how a fill in Python goes."""
    ways = {"in the server": users.filled(change=users.ONCE), "in Python": computed}
    yield pairs.table("A fill in Python", *pairs.measured(bed, options, ways), least=0.7)


def computed(dsn: str) -> None:
    ec.backfill(dsn, COMPUTED, max_lag=None, fill=lowered)


def lowered(rows: list[dict[str, object]]) -> list[object]:
    return [str(row["email"]).lower() for row in rows]
