"""REFRESH CONCURRENTLY needs a unique index on the view.

Without a unique index over plain columns, for all rows, it fails with 55000; WITH NO DATA does not
go with it at all, and fails with 42601.

Given:

    CREATE TABLE orders (region text);
    CREATE MATERIALIZED VIEW totals AS SELECT region, count(*) FROM orders GROUP BY region;

Bad:

    REFRESH MATERIALIZED VIEW CONCURRENTLY totals;

Says:

    totals has no unique index, so that it cannot be refreshed CONCURRENTLY

Instead:

    CREATE UNIQUE INDEX on the view, once.

Good:

    CREATE UNIQUE INDEX CONCURRENTLY totals_region ON totals (region);
    REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: m.Refresh, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the index that it needs."""
    if node.concurrently and not node.with_data:
        yield Hit(
            message="CONCURRENTLY and WITH NO DATA do not go together: one fills the view, the "
            "other empties it",
            help="Leave out WITH NO DATA to refresh the view; without CONCURRENTLY it is emptied, "
            "and cannot be read until it is refreshed.",
        )
        return
    known = context.known(node.view)
    if not node.concurrently or known is None or known.guessed or not known.materialized:
        return
    usable = [
        index
        for index in known.indexes
        if index.unique and index.where is None and len(index.columns) == len(index.keys)
    ]
    if not usable:
        yield Hit(
            message=f"{node.view.plain} has no unique index, so that it cannot be refreshed "
            "CONCURRENTLY"
        )


RULE = Rule(
    id="EC411",
    name="refresh-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(m.Refresh,),
    check=check,
)
