"""Another character set or collation means other bytes, and other orders of indexes, in every row.

The table is copied for it, and nobody can write meanwhile. Text that the new set cannot hold is
refused, or lost without a strict `sql_mode`; a longer encoding may exceed the length of a key.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders CONVERT TO CHARACTER SET latin1;

Says:

    converting a table to a character set copies orders, and nobody can write to it meanwhile

Instead:

    Add a column with the new character set, write both, fill it in batches and switch; or let
    gh-ost, pt-online-schema-change or spirit copy the table while it is written to.

Good:

    ALTER TABLE orders ADD COLUMN note_new varchar(50) CHARACTER SET latin1, ALGORITHM=INSTANT;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.online import Algorithm, Topic
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for bytes that have to be written in another way."""
    cost = context.work(node)
    for op in context.of(cost, Topic.CHARSET) if cost else ():
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
    id="EC614",
    name="online-charset",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
