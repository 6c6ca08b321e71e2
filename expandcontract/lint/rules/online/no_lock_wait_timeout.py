"""Even an INSTANT change waits for every open transaction on the table, and all wait behind it.

The wait for the metadata lock ends after `lock_wait_timeout`: by default a year on MySQL, a day on
MariaDB.

Bad:

    ALTER TABLE orders ADD COLUMN region varchar(10), ALGORITHM=INSTANT;

Says:

    ALTER TABLE may wait for orders without end, and everybody behind it

Instead:

    SET lock_wait_timeout = 3 first, and try again when it fails; on MariaDB, WAIT 3 says the same.

Good:

    SET SESSION lock_wait_timeout = 3;
    ALTER TABLE orders ADD COLUMN region varchar(10), ALGORITHM=INSTANT;
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.AlterTable, _read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for a wait without an end."""
    waits = node.waits or "lock_wait_timeout" in context.session.settings
    if context.work(node) is not None and not waits:
        yield Hit(
            message=f"{node.verb} may wait for {node.table.plain} without end, and everybody "
            "behind it"
        )


RULE = Rule(
    id="EC619",
    name="no-lock-wait-timeout",
    severity=Severity.INFO,
    hazard=Hazard.ADVICE,
    nodes=(f.AlterTable,),
    check=check,
    by_default=False,
    dialects=("mysql", "mariadb"),
)
