"""A new column with a CHECK, or with a default and a foreign key, reads every row at once.

The column is new, and still PostgreSQL checks its constraint against each row: under ACCESS
EXCLUSIVE for a CHECK; a foreign key is looked up row by row as soon as there is a default.

Bad:

    ALTER TABLE orders ADD COLUMN quantity int CHECK (quantity > 0);

Says:

    adding quantity scans orders under ACCESS EXCLUSIVE to verify its CHECK

Instead:

    Add the column by itself, add the constraint NOT VALID, and VALIDATE it in a later transaction.

Good:

    ALTER TABLE orders ADD COLUMN quantity int;
    ALTER TABLE orders ADD CONSTRAINT quantity_positive CHECK (quantity > 0) NOT VALID;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look at the constraints that come with a column."""
    if not context.live(node.table):
        return
    for action in node.actions:
        if not isinstance(action, a.AddColumn):
            continue
        column, table = action.column, node.table.plain
        if any(item.enforced for item in column.checks):
            yield Hit(
                message=f"adding {column.name} scans {table} under ACCESS EXCLUSIVE to verify its "
                "CHECK"
            )
        filled = column.default is not None and column.default.words != ("NULL",)
        keys = [key for key in column.references if key.enforced]
        if keys and filled:
            parent = keys[0].parent.plain
            yield Hit(
                message=f"adding {column.name} scans {table} under ACCESS EXCLUSIVE to look its "
                f"default up in {parent} for every row"
            )


RULE = Rule(
    id="EC105",
    name="add-column-scans",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(a.AlterTable,),
    actions=(a.AddColumn,),
    check=check,
)
