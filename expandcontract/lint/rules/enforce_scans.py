"""ALTER CONSTRAINT .. ENFORCED verifies every row under ACCESS EXCLUSIVE.

A constraint that was NOT ENFORCED until now is checked against all rows at once, with the
referenced table locked as well. A NOT NULL that begins to INHERIT is checked against all rows of
the tables that inherit.

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
    if not context.live(node.table):
        return
    for action in node.actions:
        if not isinstance(action, a.AlterConstraint):
            continue
        if action.enforced:
            yield Hit(
                message=f"enforcing {action.constraint} scans {node.table.plain} under ACCESS "
                "EXCLUSIVE"
            )
        heirs = tuple(context.history.descendants(context.history.key(node.table)))
        if action.inherit and heirs:
            yield Hit(
                message=f"handing {action.constraint} down scans "
                f"{', '.join(heir.spelled.plain for heir in heirs)} under ACCESS EXCLUSIVE",
                help="Add the constraint to each table that inherits NOT VALID, and VALIDATE it "
                "there first.",
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
