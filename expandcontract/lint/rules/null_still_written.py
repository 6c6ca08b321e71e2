"""SET NOT NULL refuses what the running release still writes.

The release file says whether the running code maps the column as one that may be null, or maps the
table and does not know the column at all. Its next INSERT without a value then fails with 23502,
however safely the constraint was added. Without a release file nobody can tell, and nothing is
said.

Release:

    {"version": 1, "tables": {"orders": {
        "note": {"type": "TEXT", "required": false, "default": null}}}}

Given:

    CREATE TABLE orders (note text CONSTRAINT note_filled CHECK (note IS NOT NULL));

Bad:

    ALTER TABLE orders ALTER COLUMN note SET NOT NULL;

Says:

    the running release may leave orders.note null, and its writes fail with 23502 from now on

Instead:

    First deploy a release that always writes the column, or give it a default that fills it in.

Good:

    ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';
    ALTER TABLE orders ADD CONSTRAINT note_there CHECK (note IS NOT NULL) NOT VALID;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.release import Use
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that the running release does not always fill."""
    if context.release.table(node.table) is not Use.MAPPED or not context.live(node.table):
        return
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.SetNotNull):
            continue
        column = known.find(action.column) if known else None
        if column is not None and (column.not_null or column.default is not None):
            continue
        mapped = context.release.find(node.table, action.column)
        place = f"{node.table.plain}.{action.column}"
        if mapped is None and column is not None:
            yield Hit(
                message=f"the running release does not know {place}, and its INSERTs fail with "
                "23502 from now on"
            )
        elif mapped is not None and not mapped.required and mapped.default is None:
            yield Hit(
                message=f"the running release may leave {place} null, and its writes fail with "
                "23502 from now on"
            )


RULE = Rule(
    id="EC222",
    name="null-still-written",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    actions=(a.SetNotNull,),
    check=check,
)
