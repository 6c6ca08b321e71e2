"""The server changes the table in place, and until it is done nobody can write to it.

A FULLTEXT or SPATIAL index, an AUTO_INCREMENT column and most work on partitions need LOCK=SHARED
all the time, although the table is not copied.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders ADD FULLTEXT INDEX orders_body (body);

Says:

    adding the first FULLTEXT index keeps writers of orders out until it is done

Instead:

    Do it in a new table that triggers or the application keep equal, and switch; or let gh-ost,
    pt-online-schema-change or spirit do that.

Good:

    ALTER TABLE orders ADD INDEX orders_note (note), ALGORITHM=INPLACE, LOCK=NONE;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.online import Algorithm
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for work in place that needs a lock."""
    cost = context.work(node)
    for op in cost.operations if cost else ():
        fact = context.fact(op)
        if fact.lock and fact.algorithm in {Algorithm.INPLACE, Algorithm.NOCOPY}:
            yield Hit(
                message=f"{op.value.what} keeps writers of {node.table.plain} out until it is done"
            )


RULE = Rule(
    id="EC603",
    name="online-without-writes",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
