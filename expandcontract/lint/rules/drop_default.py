"""Without its default, a column that must not be null refuses the INSERTs of running code.

Code that leaves the column out got the default until now, and gets 23502 from now on.

Given:

    CREATE TABLE orders (region text NOT NULL DEFAULT 'eu', note text DEFAULT 'none');

Bad:

    ALTER TABLE orders ALTER COLUMN region DROP DEFAULT;

Says:

    INSERTs of running code that leave out orders.region fail without its default

Instead:

    First deploy a release that always writes the column.

On MySQL:

    First deploy a release that always writes the column.

Good:

    ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a column that old code may leave out."""
    if not context.live(node.table):
        return
    known = context.known(node.table)
    for action in node.actions:
        if not isinstance(action, a.DropDefault):
            continue
        column = known.find(action.column) if known else None
        name = f"{node.table.plain}.{action.column}"
        if column is None:
            yield Hit(
                message=f"INSERTs of running code that leave out {name} fail, if it is NOT NULL"
            )
        elif column.not_null and column.default is not None:
            yield Hit(
                message=f"INSERTs of running code that leave out {name} fail without its default",
                severity=Severity.ERROR,
            )


RULE = Rule(
    id="EC207",
    name="drop-default",
    severity=Severity.WARNING,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(a.AlterTable,),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)
