"""A rule rewrites every statement of running code on the table.

Rules see the query, not the rows: RETURNING, counts and ON CONFLICT change their meaning, and
volatile arguments are computed more than once.

Bad:

    CREATE RULE keep AS ON DELETE TO orders DO INSTEAD NOTHING;

Says:

    keep changes what running code does when it writes to orders

Instead:

    Use a trigger, or an updatable view.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: o.CreateRule, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for tables others write to."""
    if context.live(node.table):
        yield Hit(
            message=f"{node.name} changes what running code does when it writes to "
            f"{node.table.plain}"
        )


RULE = Rule(
    id="EC219",
    name="create-rule",
    severity=Severity.WARNING,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(o.CreateRule,),
    check=check,
)
