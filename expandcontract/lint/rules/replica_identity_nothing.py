"""REPLICA IDENTITY NOTHING makes UPDATE and DELETE fail on a published table.

Logical replication has nothing to find the row by: both fail with 55000 at once.

Bad:

    ALTER TABLE orders REPLICA IDENTITY NOTHING;

Says:

    once orders is in a publication, UPDATE and DELETE on it fail

Instead:

    REPLICA IDENTITY DEFAULT, or USING INDEX with a unique index over columns that are not null.

Good:

    ALTER TABLE orders REPLICA IDENTITY DEFAULT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a table that others replicate."""
    for action in node.actions:
        if not isinstance(action, a.ReplicaIdentity) or action.kind != "nothing":
            continue
        if context.history.is_published(node.table):
            yield Hit(message=f"UPDATE and DELETE on {node.table.plain} fail: it is published")
        elif context.live(node.table):
            yield Hit(
                message=f"once {node.table.plain} is in a publication, UPDATE and DELETE on it "
                "fail",
                severity=Severity.WARNING,
            )


RULE = Rule(
    id="EC308",
    name="replica-identity-nothing",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.ReplicaIdentity,),
    check=check,
)
