"""LOCK TABLES keeps everybody else out until UNLOCK TABLES or the end of the session.

READ keeps writers waiting, WRITE readers too. It also commits the open transaction.

Bad:

    LOCK TABLES orders WRITE;

Says:

    LOCK TABLES keeps readers and writers of orders out

Instead:

    Leave locking to the statements that need it, or lock rows with SELECT .. FOR UPDATE.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.LockTables, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for tables that others use."""
    for name, mode in node.tables:
        if not context.live(name):
            continue
        if mode == "WRITE":
            yield Hit(message=f"LOCK TABLES keeps readers and writers of {name.plain} out")
        else:
            yield Hit(
                message=f"LOCK TABLES keeps writers of {name.plain} out",
                hazard=Hazard.BLOCKS_WRITES,
            )


RULE = Rule(
    id="EC621",
    name="lock-tables",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_READS,
    nodes=(f.LockTables,),
    check=check,
    dialects=("mysql", "mariadb"),
)
