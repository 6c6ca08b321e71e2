"""The server copies the whole table, and until the copy is complete nobody can write to it.

A change that neither INSTANT nor INPLACE can do is done by ALGORITHM=COPY: row by row into a new
table, under LOCK=SHARED. Without an ALGORITHM clause the server does not ask, it copies.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders MODIFY price bigint NOT NULL;

Says:

    changing a column's type copies orders, and nobody can write to it meanwhile

Instead:

    Add a new column, write both from the application, fill it in batches and switch; or let
    gh-ost, pt-online-schema-change or spirit copy the table while it is written to.

Good:

    ALTER TABLE orders ADD COLUMN price_cents bigint, ALGORITHM=INSTANT;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.online import Algorithm, Topic
from expandcontract.lint.mysql.operations import Op
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Certainty, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for work that only a copy of the table can do."""
    cost = context.work(node)
    for op in context.of(cost, Topic.GENERAL) if cost else ():
        if context.fact(op).algorithm is not Algorithm.COPY:
            continue
        message = f"{op.value.what} copies {node.table.plain}, and nobody can write to it meanwhile"
        if op is Op.MODIFY_UNSEEN:
            yield Hit(
                message=f"{message}, unless the type stays as it is",
                severity=Severity.WARNING,
                certainty=Certainty.UNKNOWN,
            )
        else:
            yield Hit(message=message)


RULE = Rule(
    id="EC601",
    name="online-copy",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
