"""Dropping a column and adding one of the same name loses what was in it.

It looks like a change of type, and is none: the new column is empty.

Bad:

    ALTER TABLE orders DROP COLUMN note, ADD COLUMN note jsonb;

Says:

    orders.note is dropped and added again: what was in it is lost

Instead:

    Add a column under another name, keep both equal with a trigger, backfill, and let the code
    switch before the old column goes.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a name that goes and comes."""
    if not context.live(node.table):
        return
    added = [x for x in node.actions if isinstance(x, a.AddColumn)]
    if not added:
        return
    dropped = {x.column for x in node.actions if isinstance(x, a.DropColumn)}
    dropped |= context.dropped.get(node.table, set())
    for action in added:
        if action.column.name in dropped:
            yield Hit(
                message=f"{node.table.plain}.{action.column.name} is dropped and added again: what "
                "was in it is lost"
            )


RULE = Rule(
    id="EC303",
    name="drop-and-add",
    severity=Severity.ERROR,
    hazard=Hazard.LOSES_DATA,
    nodes=(a.AlterTable,),
    actions=(a.AddColumn,),
    check=check,
)
