"""Row level security hides every row from running code until a policy shows it.

Without a policy the default is to deny: reads return nothing and writes fail, except for the owner.
A restrictive policy takes rows away from what the others show.

Bad:

    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;

Says:

    without a policy, running code that does not own orders sees none of its rows

Instead:

    Create the policies first, or in the same transaction.

Good:

    CREATE POLICY all_rows ON orders USING (true);
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable | o.Policy, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for rows that vanish."""
    if not context.live(node.table):
        return
    if isinstance(node, o.Policy):
        if node.restrictive:
            yield Hit(
                message=f"the restrictive policy {node.name} hides rows of {node.table.plain} from "
                "running code",
                severity=Severity.WARNING,
            )
        return
    for action in node.actions:
        enabled = isinstance(action, a.RowSecurity) and action.verb == "ENABLE"
        if enabled and not _has_policy(node.table, context):
            yield Hit(
                message=f"without a policy, running code that does not own {node.table.plain} sees "
                "none of its rows"
            )


def _has_policy(name: TableName, context: Context) -> bool:
    """Whether a policy was made before, or follows in the same transaction."""
    made = [*context.earlier(o.Policy, of=name.name)]
    if context.session.in_transaction:
        made += context.in_this_transaction(o.Policy, of=name.name)
    return any(getattr(one.node, "table", None) == name for one in made)


RULE = Rule(
    id="EC218",
    name="row-security",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable, o.Policy),
    actions=(a.RowSecurity,),
    check=check,
)
