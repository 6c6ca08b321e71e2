"""REFRESH MATERIALIZED VIEW without CONCURRENTLY keeps all readers waiting.

The view is filled anew under ACCESS EXCLUSIVE for as long as its query takes.

Bad:

    REFRESH MATERIALIZED VIEW totals;

Says:

    refreshing totals blocks its readers until it is finished

Instead:

    REFRESH MATERIALIZED VIEW CONCURRENTLY; the view needs a unique index for it.

Good:

    REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Edit, Fix, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: m.Refresh, read: Read, context: Context) -> Iterator[Hit]:
    """Look for readers that would wait."""
    if node.concurrently or not node.with_data or not context.live(node.view):
        return
    place = read.start + read.text.upper().index("VIEW") + len("VIEW")
    yield Hit(
        message=f"refreshing {node.view.plain} blocks its readers until it is finished",
        fix=Fix("refresh it CONCURRENTLY", (Edit(place, place, " CONCURRENTLY"),)),
    )


RULE = Rule(
    id="EC124",
    name="refresh-blocks-reads",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_READS,
    nodes=(m.Refresh,),
    check=check,
)
