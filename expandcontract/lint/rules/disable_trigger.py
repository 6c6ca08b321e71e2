"""While a trigger is disabled, what it guards is not guarded.

DISABLE TRIGGER ALL switches foreign keys off as well: rows that violate them stay for ever, since
nothing verifies them later. SET session_replication_role = replica does so for every table that the
session writes to, but for triggers that are enabled ALWAYS or REPLICA.

Bad:

    ALTER TABLE orders DISABLE TRIGGER ALL;

Says:

    with all triggers of orders disabled, its foreign keys are not enforced

Instead:

    Let the trigger itself look at a setting (`current_setting('app.skip', true)`), and SET LOCAL
    it in the one transaction that needs it.

Good:

    BEGIN;
    SET LOCAL app.skip_audit = 'on';
    UPDATE orders SET note = 'x' WHERE id = 3;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable | t.Set, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for tables others write to."""
    if isinstance(node, t.Set):
        yield from _as_replica(node, context)
        return
    for action in node.actions:
        if not isinstance(action, a.ToggleTrigger) or action.enable or not context.live(node.table):
            continue
        if action.trigger == "all":
            yield Hit(
                message=f"with all triggers of {node.table.plain} disabled, its foreign keys are "
                "not enforced",
                severity=Severity.ERROR,
            )
        else:
            yield Hit(
                message=f"with {action.trigger} disabled, writes to {node.table.plain} go unguarded"
            )


def _as_replica(node: t.Set, context: Context) -> Iterator[Hit]:
    """Foreign keys are kept by triggers, and these do not fire either."""
    if node.name != "session_replication_role" or (node.value or "").lower() != "replica":
        return
    if node.local and not context.session.in_transaction:
        return  # it has no effect
    yield Hit(
        message="with session_replication_role = replica, foreign keys are not enforced and "
        "triggers do not fire for what the session writes",
        severity=Severity.ERROR,
    )


RULE = Rule(
    id="EC208",
    name="disable-trigger",
    severity=Severity.WARNING,
    hazard=Hazard.LOSES_DATA,
    nodes=(a.AlterTable, t.Set),
    actions=(a.ToggleTrigger,),
    check=check,
)
