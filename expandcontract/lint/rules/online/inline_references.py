"""MySQL reads REFERENCES behind a column and throws it away: there is no foreign key.

Only FOREIGN KEY as an item of its own makes one, up to and including MySQL 8.4. MariaDB obeys both.

Bad:

    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id));

Says:

    REFERENCES behind orders.customer_id is ignored: no foreign key is made

Instead:

    Write FOREIGN KEY (..) REFERENCES .. as an item of its own.

Good:

    CREATE TABLE orders (
        id bigint PRIMARY KEY, customer_id bigint,
        FOREIGN KEY (customer_id) REFERENCES customers (id)
    );
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(
    node: f.AlterTable | f.CreateTable, _read: MyRead, _context: OnlineContext
) -> Iterator[Hit]:
    """Look for a key that is meant and not made."""
    if isinstance(node, f.CreateTable):
        table, columns = node.name, list(node.columns)
    else:
        table = node.table
        added = (f.AddColumn, f.ChangeColumn)
        columns = [action.column for action in node.actions if isinstance(action, added)]
    for column in columns:
        if column.references is not None:
            yield Hit(
                message=f"REFERENCES behind {table.plain}.{column.name} is ignored: no foreign key "
                "is made"
            )


RULE = Rule(
    id="EC617",
    name="inline-references",
    severity=Severity.WARNING,
    hazard=Hazard.ADVICE,
    nodes=(
        f.AlterTable,
        f.CreateTable,
    ),
    check=check,
    dialects=("mysql",),
)
