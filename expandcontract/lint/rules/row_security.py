"""Row level security hides every row from running code until a policy shows it.

Without a policy the default is to deny: reads return nothing and writes fail, except for the owner.
A restrictive policy takes rows away from what the others show, and DROP POLICY takes away what it
alone showed, or what it kept from view. With DISABLE all of them are out of force.

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
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable | o.Policy | m.Drop, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for rows that vanish, and for those that come to light."""
    if isinstance(node, m.Drop):
        yield from _without_policy(node, context)
        return
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
        elif isinstance(action, a.RowSecurity) and action.verb == "DISABLE":
            yield Hit(
                message=f"without row security, whoever may read or write {node.table.plain} gets "
                "at all of its rows",
                help="Look for who may read and write the table, and for code that relies on its "
                "policies to choose the rows.",
                severity=Severity.WARNING,
                certainty=Certainty.ASSUMED,
            )


def _without_policy(node: m.Drop, context: Context) -> Iterator[Hit]:
    """One that comes back in the same transaction, or was made by this text, is not missed."""
    if node.kind != "POLICY" or node.on is None or not context.live(node.on):
        return
    made = [*context.earlier(o.Policy, of=node.names[0].name)]
    if context.session.in_transaction:
        made += context.in_this_transaction(o.Policy, of=node.names[0].name)
    if any(_makes(one.node, node) for one in made):
        return
    yield Hit(
        message=f"without the policy {node.names[0].name}, running code loses sight of rows of "
        f"{node.on.plain}, or sees more than it should",
        help="Drop and create it in one transaction, or use ALTER POLICY.",
        severity=Severity.WARNING,
        certainty=Certainty.ASSUMED,
    )


def _makes(made: object, gone: m.Drop) -> bool:
    return (
        isinstance(made, o.Policy)
        and made.verb == "CREATE"
        and (made.table, made.name) == (gone.on, gone.names[0].name)
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
    nodes=(a.AlterTable, o.Policy, m.Drop),
    actions=(a.RowSecurity,),
    check=check,
)
