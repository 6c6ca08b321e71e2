"""ALTER CONSTRAINT .. ENFORCED verifies every row under ACCESS EXCLUSIVE.

A constraint that was NOT ENFORCED until now is checked against all rows at once, with the
referenced table locked as well.

Bad:

    ALTER TABLE orders ALTER CONSTRAINT orders_customer_fk ENFORCED;

Says:

    enforcing orders_customer_fk scans orders under ACCESS EXCLUSIVE

Instead:

    Drop the constraint, add it again NOT VALID, and VALIDATE it in a later transaction.

Good:

    ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
        FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a constraint that begins to hold."""
    for action in node.actions:
        if isinstance(action, a.AlterConstraint) and action.enforced and context.live(node.table):
            yield Hit(
                message=f"enforcing {action.constraint} scans {node.table.plain} under ACCESS "
                "EXCLUSIVE"
            )


RULE = Rule(
    id="EC116",
    name="enforce-scans",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(a.AlterTable,),
    actions=(a.AlterConstraint,),
    check=check,
)
