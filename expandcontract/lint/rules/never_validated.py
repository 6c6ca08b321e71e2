"""A constraint that is NOT VALID and never validated is forgotten.

The planner cannot use it, and nobody knows whether old rows obey it.

Bad:

    ALTER TABLE orders ADD CONSTRAINT quantity_positive CHECK (quantity > 0) NOT VALID;

Says:

    quantity_positive is NOT VALID and nothing here validates it

Instead:

    VALIDATE CONSTRAINT in a later transaction.

Good:

    ALTER TABLE orders ADD CONSTRAINT quantity_positive CHECK (quantity > 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT quantity_positive;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Check, ForeignKey, NotNull
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the second half."""
    validated = {
        action.constraint
        for later in context.later(a.AlterTable, of=node.table.name)
        if isinstance(later.node, a.AlterTable)
        for action in later.node.actions
        if isinstance(action, a.ValidateConstraint)
    }
    for action in node.actions:
        constraint = getattr(action, "constraint", None)
        if isinstance(constraint, Check | ForeignKey | NotNull) and constraint.not_valid:
            if not getattr(constraint, "enforced", True):  # it cannot be validated
                continue
            name = constraint.name or "the constraint"
            if name not in validated:
                yield Hit(message=f"{name} is NOT VALID and nothing here validates it")


RULE = Rule(
    id="EC504",
    name="never-validated",
    severity=Severity.INFO,
    hazard=Hazard.ADVICE,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
    by_default=False,
)
