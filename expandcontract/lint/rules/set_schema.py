"""Moving something to another schema, or renaming a schema, breaks code that uses the old name.

The lock is brief; running code gets "relation does not exist" from then on. A view in the old
place keeps it working.

Bad:

    ALTER TABLE orders SET SCHEMA archive;

Says:

    moving orders to schema archive breaks running code that uses the old name

Instead:

    In one transaction move the table and create a view in its old place.

Good:

    BEGIN;
    ALTER TABLE orders SET SCHEMA archive;
    CREATE VIEW orders AS SELECT * FROM archive.orders;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: a.AlterTable | o.Other, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for names that run away from running code."""
    if isinstance(node, o.Other):
        if (node.verb, node.kind) == ("ALTER", "SCHEMA") and "RENAME" in node.words:
            message = "renaming a schema breaks running code that uses anything inside it"
            yield Hit(message=message, certainty=Certainty.ASSUMED)
        return
    if node.kind == "INDEX" or not context.live(node.table):
        return
    for action in node.actions:
        if not isinstance(action, a.SetSchema) or _view_follows(node.table, context):
            continue
        use = context.release.table(node.table)
        if use is Use.UNMAPPED:
            continue
        broken = "the running release, which maps" if use is Use.MAPPED else ""
        broken = broken or "running code that uses"
        moved = f"{node.table.plain} to schema {action.schema}"
        yield Hit(message=f"moving {moved} breaks {broken} the old name", certainty=use.certainty)


def _view_follows(name: TableName, context: Context) -> bool:
    if not context.session.in_transaction:
        return False
    views = context.in_this_transaction(o.CreateView, of=name.name)
    return any(getattr(later.node, "name", None) == name for later in views)


RULE = Rule(
    id="EC209",
    name="set-schema",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable, o.Other),
    actions=(a.SetSchema,),
    check=check,
)
