"""Whether a column may be null is part of every row: the table is built anew to change it.

To NOT NULL, it fails where a row holds a null; without a strict `sql_mode` it turns nulls into zero
or empty text instead. Running code that still writes nulls fails from then on.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders MODIFY customer_id bigint NOT NULL;

Says:

    setting a column NOT NULL rebuilds orders in place

Instead:

    Deploy code that always writes the column, fill the nulls in batches, and rebuild in a quiet
    hour under a strict sql_mode with ALGORITHM=INPLACE, LOCK=NONE; or leave the column as it is.

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
    """Look for a column that changes in whether it may be null."""
    cost = context.work(node)
    for op in context.of(cost, Topic.NULLS) if cost else ():
        if context.fact(op).algorithm is Algorithm.COPY:
            yield Hit(
                message=f"{op.value.what} copies {node.table.plain}, and nobody can write to it "
                "meanwhile",
                severity=Severity.ERROR,
                hazard=Hazard.BLOCKS_WRITES,
            )
        else:
            yield Hit(message=f"{op.value.what} rebuilds {node.table.plain} in place")


RULE = Rule(
    id="EC613",
    name="online-null",
    severity=Severity.WARNING,
    hazard=Hazard.REWRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
