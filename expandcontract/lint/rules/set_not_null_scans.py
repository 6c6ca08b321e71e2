"""SET NOT NULL reads every row while nobody else can read any.

The table is scanned under ACCESS EXCLUSIVE, unless a validated CHECK constraint already implies
that the column is not null. A statement that drops that constraint as well scans all the same,
because drops go first.

Bad:

    ALTER TABLE orders ALTER COLUMN note SET NOT NULL;

Says:

    SET NOT NULL on note scans orders under ACCESS EXCLUSIVE

Instead:

    ADD CONSTRAINT .. CHECK (note IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT in a transaction of
    its own, SET NOT NULL, DROP CONSTRAINT.

Good:

    ALTER TABLE orders ADD CONSTRAINT note_filled CHECK (note IS NOT NULL) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT note_filled;
    ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
    ALTER TABLE orders DROP CONSTRAINT note_filled;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.proofs import proof_of_not_null, refuses_nulls
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that nothing proves to be filled."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    dropped = frozenset(x.constraint for x in node.actions if isinstance(x, a.DropConstraint))
    added = {x.column.name for x in node.actions if isinstance(x, a.AddColumn)}
    for action in node.actions:
        if not isinstance(action, a.SetNotNull) or action.column in added:
            continue
        if known is not None and refuses_nulls(known, action.column, dropped):
            continue
        message = f"SET NOT NULL on {action.column} scans {node.table.plain} under ACCESS EXCLUSIVE"
        proof = proof_of_not_null(known, action.column) if known is not None else None
        if proof is not None:
            message += f", because the same statement drops {proof.name}, which proved it"
        seen = proof is not None or (known is not None and known.complete)
        yield Hit(message=message, certainty=Certainty.PROVEN if seen else Certainty.UNKNOWN)


RULE = Rule(
    id="EC107",
    name="set-not-null-scans",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(a.AlterTable,),
    actions=(a.SetNotNull,),
    check=check,
)
