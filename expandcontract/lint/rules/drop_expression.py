"""A column that is no longer generated stays empty unless somebody writes it.

Running code relies on the server to compute it, and does not.

Bad:

    ALTER TABLE orders ALTER COLUMN total DROP EXPRESSION;

Says:

    running code does not write orders.total, which stays null from now on

Instead:

    In the same transaction create a trigger that computes it, until a release writes it.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that the server has filled."""
    for action in node.actions:
        if isinstance(action, a.DropExpression) and context.live(node.table):
            yield Hit(
                message=f"running code does not write {node.table.plain}.{action.column}, which "
                "stays null from now on",
                certainty=Certainty.ASSUMED,
            )


RULE = Rule(
    id="EC215",
    name="drop-expression",
    severity=Severity.WARNING,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.DropExpression,),
    check=check,
)
