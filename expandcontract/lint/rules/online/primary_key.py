"""The primary key is the table: InnoDB stores the rows in its order, and writes all anew.

Every other index holds the key's columns, and is built anew with it. To drop the key without a new
one in the same statement, the server copies the table, and nobody can write meanwhile.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders DROP PRIMARY KEY;

Says:

    dropping the primary key copies orders, and nobody can write to it meanwhile

Instead:

    Make a new table with the new key, keep both equal, and switch; if it has to be in place, drop
    and add the key in one statement with ALGORITHM=INPLACE, LOCK=NONE.

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
    """Look for a change of how rows are stored."""
    cost = context.work(node)
    for op in context.of(cost, Topic.PRIMARY_KEY) if cost else ():
        fact = context.fact(op)
        if fact.algorithm is Algorithm.COPY:
            yield Hit(
                message=f"{op.value.what} copies {node.table.plain}, and nobody can write to it "
                "meanwhile"
            )
        elif fact.rebuilds:
            yield Hit(
                message=f"{op.value.what} rebuilds {node.table.plain} in place",
                severity=Severity.WARNING,
                hazard=Hazard.REWRITES,
            )


RULE = Rule(
    id="EC615",
    name="online-primary-key",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
