"""The server commits before and after every DDL statement, whatever BEGIN said.

ROLLBACK takes back nothing of it, and nothing that stands before it: a migration that fails half
way stays half done, and cannot simply be run again.

Bad:

    START TRANSACTION;
    UPDATE orders SET region = 'eu' WHERE id = 3;
    ALTER TABLE orders ADD COLUMN code varchar(20);
    COMMIT;

Says:

    ALTER TABLE commits the open transaction: a ROLLBACK takes nothing back

Instead:

    Put every DDL statement into a migration of its own, without BEGIN and COMMIT.

Good:

    ALTER TABLE orders ADD COLUMN code varchar(20);
"""

from collections.abc import Iterator

from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext
from expandcontract.lint.mysql.costing import commits
from expandcontract.lint.mysql.reading import MyRead
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: f.Node, read: MyRead, context: OnlineContext) -> Iterator[Hit]:
    """Look for DDL in a transaction."""
    if context.session.in_transaction and commits(node):
        verb = getattr(node, "verb", "") or " ".join(read.text.split()[:2]).upper()
        yield Hit(message=f"{verb} commits the open transaction: a ROLLBACK takes nothing back")


RULE = Rule(
    id="EC618",
    name="implicit-commit",
    severity=Severity.WARNING,
    hazard=Hazard.NOT_REPEATABLE,
    nodes=(
        f.AlterTable,
        f.CreateTable,
        f.DropTable,
        f.RenameTable,
        f.Truncate,
        f.LockTables,
        f.Other,
    ),
    check=check,
    dialects=("mysql", "mariadb"),
)
