"""Readers that never expected a null in this column may meet one.

The statement is brief; the harm comes with the first null that the new release writes and the
running one reads.

Bad:

    ALTER TABLE orders ALTER COLUMN region DROP NOT NULL;

Says:

    running code that reads orders.region may not expect a null

Instead:

    First deploy a release that reads nulls, then drop NOT NULL.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that has been filled until now."""
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.DropNotNull) or not context.live(node.table):
            continue
        column = known.find(action.column) if known else None
        if column is None or column.not_null:
            yield Hit(
                message=f"running code that reads {node.table.plain}.{action.column} may not "
                "expect a null",
                certainty=Certainty.ASSUMED,
            )


RULE = Rule(
    id="EC213",
    name="drop-not-null",
    severity=Severity.WARNING,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.DropNotNull,),
    check=check,
)
