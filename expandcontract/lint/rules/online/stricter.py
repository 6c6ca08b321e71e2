"""The statement asks for a stronger lock, or for more work, than the change needs.

ALGORITHM=COPY copies a table that could stay where it is; LOCK=SHARED and LOCK=EXCLUSIVE keep
others out although nothing asks for it. On MySQL, ALGORITHM=INPLACE rebuilds the table for a
column that INSTANT adds or drops in a moment.

Bad:

    ALTER TABLE orders ADD INDEX orders_note (note), LOCK=SHARED;

Says:

    LOCK=SHARED keeps others out of orders although LOCK=NONE would do

Instead:

    Say the best that the change can have: ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE.

Good:

    ALTER TABLE orders ADD INDEX orders_note (note), ALGORITHM=INPLACE, LOCK=NONE;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.costing import spelled
from expandcontract.lint.mysql.online import Algorithm
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Compare what is asked for with what would do."""
    cost = context.work(node)
    if cost is None:
        return
    best, table = cost.best, node.table.plain
    if node.algorithm == "COPY" and best.algorithm is not Algorithm.COPY:
        would_do = spelled(best.algorithm, context.profile)
        yield Hit(message=f"ALGORITHM=COPY copies {table} although ALGORITHM={would_do} would do")
    elif cost.algorithm is Algorithm.INPLACE and best.algorithm is Algorithm.INSTANT:
        if cost.rebuilds:
            yield Hit(
                message=f"ALGORITHM=INPLACE rebuilds {table} although ALGORITHM=INSTANT would do",
                severity=Severity.WARNING,
                hazard=Hazard.REWRITES,
            )
    elif cost.lock > best.lock and node.lock == cost.lock.name:
        yield Hit(
            message=f"LOCK={node.lock} keeps others out of {table} although "
            f"LOCK={best.lock.name} would do"
        )


RULE = Rule(
    id="EC605",
    name="online-stricter",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
