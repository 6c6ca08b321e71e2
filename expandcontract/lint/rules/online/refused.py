"""The server refuses the statement: its ALGORITHM or LOCK clause asks for what cannot be had.

That is what the clauses are for, and better than a silent copy; but the migration fails, and what
stands before it in the file has been committed. MySQL takes no LOCK but DEFAULT beside
ALGORITHM=INSTANT; NOCOPY, WAIT and NOWAIT are words of MariaDB, whose DROP INDEX and partition
commands take no clauses at all.

Given:

    CREATE TABLE orders (
        id bigint NOT NULL PRIMARY KEY, customer_id bigint, code varchar(20) NOT NULL,
        note varchar(50), price int NOT NULL, body text, KEY orders_code (code)
    ) DEFAULT CHARSET = utf8mb4;

Bad:

    ALTER TABLE orders MODIFY price bigint NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;

Says:

    the server refuses this for changing a column's type: it needs ALGORITHM=COPY

Instead:

    Ask for what the change needs, or reach its end by steps that need less.

Good:

    ALTER TABLE orders ADD INDEX orders_note (note), ALGORITHM=INPLACE, LOCK=NONE;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.operations import Op
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for a clause that the server answers with an error."""
    cost = context.cost
    if cost is None or not cost.refused:
        return
    if Op.MODIFY_UNSEEN in cost.operations and cost.refused.startswith("it needs"):
        yield Hit(
            message=f"the server refuses this if a column's type changes: {cost.refused}",
            severity=Severity.WARNING,
        )
        return
    what = cost.worst(context.profile.server).value.what if cost.operations else node.verb
    yield Hit(message=f"the server refuses this for {what}: {cost.refused}")


RULE = Rule(
    id="EC604",
    name="online-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(f.AlterTable,),
    check=check,
    dialects=("mysql", "mariadb"),
)
