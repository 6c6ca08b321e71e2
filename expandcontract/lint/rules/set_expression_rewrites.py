"""SET EXPRESSION computes a stored generated column for every row.

The whole table and its indexes are written anew under ACCESS EXCLUSIVE.

Bad:

    ALTER TABLE orders ALTER COLUMN total SET EXPRESSION AS (price * quantity);

Says:

    the new expression of total rewrites orders under ACCESS EXCLUSIVE

Instead:

    Add a new column, fill it by trigger and backfill, and switch.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that is kept in the rows."""
    if not context.effects.rewrites:
        return
    for action in node.actions:
        if isinstance(action, a.SetExpression):
            yield Hit(
                message=f"the new expression of {action.column} rewrites {node.table.plain} under "
                "ACCESS EXCLUSIVE"
            )


RULE = Rule(
    id="EC118",
    name="set-expression-rewrites",
    severity=Severity.ERROR,
    hazard=Hazard.REWRITES,
    nodes=(a.AlterTable,),
    actions=(a.SetExpression,),
    check=check,
)
