"""A new column that is UNIQUE or PRIMARY KEY builds its index while nobody can read or write.

The index is built over all rows under ACCESS EXCLUSIVE.

Bad:

    ALTER TABLE orders ADD COLUMN code text UNIQUE;

Says:

    adding code builds an index under ACCESS EXCLUSIVE on orders

Instead:

    Add the column by itself, CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT .. UNIQUE
    USING INDEX.

Good:

    ALTER TABLE orders ADD COLUMN code text;
    CREATE UNIQUE INDEX CONCURRENTLY orders_code_key ON orders (code);
    ALTER TABLE orders ADD CONSTRAINT orders_code_key UNIQUE USING INDEX orders_code_key;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a key among the new columns."""
    if not context.live(node.table):
        return
    for action in node.actions:
        if isinstance(action, a.AddColumn) and action.column.uniques:
            yield Hit(
                message=f"adding {action.column.name} builds an index under ACCESS EXCLUSIVE on "
                f"{node.table.plain}"
            )


RULE = Rule(
    id="EC106",
    name="add-column-builds-index",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_READS,
    nodes=(a.AlterTable,),
    actions=(a.AddColumn,),
    check=check,
)
