"""A new NOT NULL column without a default refuses the INSERTs of running code (1364).

Unlike PostgreSQL the server adds the column to a table with rows, and gives them zero or an empty
text that nobody chose.

Bad:

    ALTER TABLE orders ADD COLUMN region varchar(10) NOT NULL;

Says:

    INSERTs of running code that leave out orders.region fail, and old rows get a value unasked

Instead:

    Give it a default, or let it be null until all running code writes it.

Good:

    ALTER TABLE orders ADD COLUMN region varchar(10) NOT NULL DEFAULT 'eu', ALGORITHM=INSTANT;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for a column that old code has no value for."""
    for action in node.actions if context.work(node) else ():
        if not isinstance(action, f.AddColumn):
            continue
        column = action.column
        filled = column.default is not None or column.auto_increment or column.generated
        if not (column.nullable or filled):
            yield Hit(
                message=f"INSERTs of running code that leave out {node.table.plain}.{column.name} "
                "fail, and old rows get a value unasked"
            )


RULE = Rule(
    id="EC620",
    name="online-required-column",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
