"""A foreign key is checked by copying the table, and meanwhile nobody can write to it.

Only with `foreign_key_checks = 0` the key is added in place; the rows that are there are not looked
at then, and a wrong one stays.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
        FOREIGN KEY (customer_id) REFERENCES customers (id);

Says:

    adding a foreign key copies orders, and nobody can write to it meanwhile

Instead:

    SET foreign_key_checks = 0 in the session that adds it, with ALGORITHM=INPLACE, LOCK=NONE; then
    look for orphans with a query of your own, in batches.

Good:

    SET foreign_key_checks = 0;
    ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
        FOREIGN KEY (customer_id) REFERENCES customers (id), ALGORITHM=INPLACE, LOCK=NONE;
    SET foreign_key_checks = 1;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.online import Algorithm, Topic
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for a key that is checked at once."""
    cost = context.work(node)
    for op in context.of(cost, Topic.FOREIGN_KEY) if cost else ():
        fact = context.fact(op)
        if fact.algorithm is Algorithm.COPY:
            yield Hit(
                message=f"{op.value.what} copies {node.table.plain}, and nobody can write to it "
                "meanwhile"
            )


RULE = Rule(
    id="EC611",
    name="online-foreign-key",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
