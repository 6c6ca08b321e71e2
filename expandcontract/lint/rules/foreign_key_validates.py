"""Adding a foreign key reads both tables while nobody can write to either.

Without NOT VALID every row is looked up under SHARE ROW EXCLUSIVE on the table and on the one it
references.

Bad:

    ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
        FOREIGN KEY (customer_id) REFERENCES customers (id);

Says:

    verifying orders_customer_fk blocks writes to orders and customers while both are scanned

Instead:

    Add it NOT VALID, which is brief, and VALIDATE CONSTRAINT in a later transaction.

Good:

    ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
        FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import ForeignKey
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Edit, Fix, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, read: Read, context: Context) -> Iterator[Hit]:
    """Look for a key that is verified at once."""
    if not context.live(node.table):
        return
    for action in node.actions:
        key = getattr(action, "constraint", None)
        if not isinstance(key, ForeignKey) or key.not_valid or not key.enforced:
            continue
        name = key.name or "the foreign key"
        fix = Fix("add it NOT VALID", (Edit(read.end, read.end, " NOT VALID"),))
        yield Hit(
            message=f"verifying {name} blocks writes to {node.table.plain} and {key.parent.plain} "
            "while both are scanned",
            fix=fix if len(node.actions) == 1 else None,
        )


RULE = Rule(
    id="EC111",
    name="foreign-key-validates",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
)
