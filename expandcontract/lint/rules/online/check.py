"""A CHECK is verified by copying the table, and meanwhile nobody can write to it.

It fails where a row breaks the condition, after all that time.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders ADD CONSTRAINT orders_price CHECK (price > 0);

Says:

    adding a CHECK copies orders, and nobody can write to it meanwhile

Instead:

    On MySQL add it NOT ENFORCED, which lets the rows be; or check in the application, or in a
    trigger, which costs nothing for the rows that are there.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.online import Algorithm, Topic
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for a condition that all rows are held against."""
    cost = context.work(node)
    for op in context.of(cost, Topic.CHECK) if cost else ():
        fact = context.fact(op)
        if fact.algorithm is Algorithm.COPY:
            yield Hit(
                message=f"{op.value.what} copies {node.table.plain}, and nobody can write to it "
                "meanwhile"
            )


RULE = Rule(
    id="EC616",
    name="online-check",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
