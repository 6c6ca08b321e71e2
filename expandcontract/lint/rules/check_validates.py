"""Adding a CHECK constraint reads every row while nobody else can read any.

Without NOT VALID the table is scanned under ACCESS EXCLUSIVE.

Bad:

    ALTER TABLE orders ADD CONSTRAINT quantity_positive CHECK (quantity > 0);

Says:

    checking quantity_positive scans orders under ACCESS EXCLUSIVE

Instead:

    Add it NOT VALID, which is brief, and VALIDATE CONSTRAINT in a later transaction, which blocks
    neither reads nor writes.

Good:

    ALTER TABLE orders ADD CONSTRAINT quantity_positive CHECK (quantity > 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT quantity_positive;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Check, NotNull
from expandcontract.lint.proofs import refuses_nulls
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Edit, Fix, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, read: Read, context: Context) -> Iterator[Hit]:
    """Look for a constraint that is verified at once."""
    if not context.live(node.table) or node.kind == "FOREIGN TABLE":  # it has no rows here
        return
    known = context.known(node.table)
    for action in node.actions:
        constraint = getattr(action, "constraint", None)
        if not isinstance(constraint, Check | NotNull) or constraint.not_valid:
            continue
        if isinstance(constraint, Check) and not constraint.enforced:
            continue
        if isinstance(constraint, NotNull) and known and refuses_nulls(known, constraint.column):
            continue
        fix = _not_valid(read) if len(node.actions) == 1 else None
        name = constraint.name or "the condition"
        yield Hit(
            message=f"checking {name} scans {node.table.plain} under ACCESS EXCLUSIVE", fix=fix
        )


def _not_valid(read: Read) -> Fix:
    return Fix("add it NOT VALID", (Edit(read.end, read.end, " NOT VALID"),))


RULE = Rule(
    id="EC110",
    name="check-validates",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(a.AlterTable,),
    actions=(a.AddConstraint,),
    check=check,
)
