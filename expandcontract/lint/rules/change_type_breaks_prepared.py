"""A change of type or length fails the prepared statements of running sessions.

"cached plan must not change result type" (0A000) comes from every pooled connection that has
prepared a statement returning the column, again and again until it reconnects; even for
varchar(20) to varchar(50). psycopg prepares after five executions by default.

Given:

    CREATE TABLE orders (note varchar(20));

Bad:

    ALTER TABLE orders ALTER COLUMN note TYPE varchar(50);

Says:

    prepared statements that return orders.note fail until their sessions reconnect

Instead:

    Reconnect the pool right after the change, or switch server-side preparation off
    (prepare_threshold=None) before it; ec.orm.install heals such sessions.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for columns that change what statements return."""
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.SetType) or not context.live(node.table):
            continue
        column = known.find(action.column) if known else None
        if column is None or column.type != action.type:
            yield Hit(
                message=f"prepared statements that return {node.table.plain}.{action.column} fail "
                "until their sessions reconnect"
            )


RULE = Rule(
    id="EC206",
    name="change-type-breaks-prepared",
    severity=Severity.INFO,
    hazard=Hazard.BREAKS_PREPARED,
    nodes=(a.AlterTable,),
    actions=(a.SetType,),
    check=check,
    by_default=False,
)
