"""VALIDATE CONSTRAINT gains nothing while its transaction still holds a stronger lock.

NOT VALID and VALIDATE are two steps so that the scan can run under SHARE UPDATE EXCLUSIVE. Inside
one transaction the lock of the first step is kept until the end, and the scan runs under it.
Alembic runs all pending revisions in one transaction by default: two revisions are not enough.

Bad:

    BEGIN;
    ALTER TABLE orders ADD CONSTRAINT quantity_positive CHECK (quantity > 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT quantity_positive;
    COMMIT;

Says:

    validating quantity_positive scans orders under the ACCESS EXCLUSIVE lock that line 2 has taken
    in the same transaction

Instead:

    Commit before VALIDATE. With Alembic set transaction_per_migration=True and put it into the
    next revision, or run it in an autocommit_block().

Good:

    ALTER TABLE orders ADD CONSTRAINT quantity_positive CHECK (quantity > 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT quantity_positive;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a lock that blocks more than VALIDATE would."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.ValidateConstraint):
            continue
        found = known.constraint(action.constraint) if known else None
        if found is not None and found.valid:
            continue
        what = f"validating {action.constraint} scans {node.table.plain} under the "
        if any(isinstance(x, a.AddConstraint | a.AddColumn | a.SetNotNull) for x in node.actions):
            yield Hit(message=what + "lock of the other actions in the same statement")
            continue
        held = context.session.held_on(node.table.plain)
        if held is not None and held.mode.blocks_writes:
            yield Hit(
                message=f"{what}{held.mode} lock that {held.where(context.reads)} has taken in the "
                "same transaction"
            )


RULE = Rule(
    id="EC112",
    name="validate-in-same-transaction",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(a.AlterTable,),
    actions=(a.ValidateConstraint,),
    check=check,
)
