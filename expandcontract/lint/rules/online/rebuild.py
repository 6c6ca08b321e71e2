"""The server builds the whole table anew while it is read and written.

Nobody waits, but it takes time and disk in proportion to the table. What is written meanwhile goes
into a log of limited size (`innodb_online_alter_log_max_size` on MySQL): when that is full, the
statement fails at its end. A replica does the same work again, and lags for as long.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders ADD COLUMN region varchar(10), ADD INDEX orders_note (note);

Says:

    adding a column together with what is not INSTANT rebuilds orders in place

Instead:

    Say what is INSTANT in a statement of its own, with ALGORITHM=INSTANT, so that it fails rather
    than rebuilds. For a rebuild that has to be, watch the replicas and choose a quiet hour.

Good:

    ALTER TABLE orders ADD COLUMN region varchar(10), ALGORITHM=INSTANT;
    ALTER TABLE orders ADD INDEX orders_note (note), ALGORITHM=INPLACE, LOCK=NONE;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.online import Algorithm, Topic
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for work that builds the table anew while it is written to."""
    cost = context.work(node)
    if cost is None or not cost.rebuilds or cost.algorithm is Algorithm.COPY or cost.lock:
        return
    if len(context.of(cost, Topic.GENERAL)) < len(cost.operations):
        return
    by_itself = [op for op in cost.operations if context.fact(op).rebuilds]
    shaping = [op for op in cost.operations if op.value.reshapes]
    if by_itself:
        yield Hit(message=f"{by_itself[0].value.what} rebuilds {node.table.plain} in place")
    elif len(cost.operations) > 1 and shaping:
        yield Hit(
            message=f"{shaping[0].value.what} together with what is not INSTANT rebuilds "
            f"{node.table.plain} in place"
        )


RULE = Rule(
    id="EC602",
    name="online-rebuild",
    severity=Severity.WARNING,
    hazard=Hazard.REWRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
