"""A timeout in force while something runs CONCURRENTLY leaves an invalid index.

CONCURRENTLY waits for old transactions, and lock_timeout counts that waiting, as statement_timeout
counts all of it. When the time is over, CREATE INDEX leaves an INVALID index, DROP INDEX makes a
good one invalid, REINDEX leaves a second one, and DETACH PARTITION stays pending.

Bad:

    SET lock_timeout = '2s';
    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);

Says:

    lock_timeout is 2s here: when it strikes, orders_note_idx is left invalid

Instead:

    SET lock_timeout = 0 and statement_timeout = 0 for these statements: they block neither reads
    nor writes while they wait.

Good:

    SET lock_timeout = 0;
    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.index import CreateIndex, DropIndex, Reindex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(
    node: CreateIndex | DropIndex | Reindex | a.AlterTable, _read: Read, context: Context
) -> Iterator[Hit]:
    """Look for a limit on a statement that has to wait."""
    left = _left_behind(node)
    if not left:
        return
    for name in ("lock_timeout", "statement_timeout"):
        limit = context.session.milliseconds(name)
        if limit:
            value = context.session.setting(name)
            yield Hit(message=f"{name} is {value} here: when it strikes, {left}")


def _left_behind(node: CreateIndex | DropIndex | Reindex | a.AlterTable) -> str:
    if isinstance(node, a.AlterTable):
        for action in node.actions:
            if isinstance(action, a.DetachPartition) and action.concurrently:
                return f"{action.partition.plain} is left half detached"
        return ""
    if not node.concurrently:
        return ""
    if isinstance(node, CreateIndex):
        return f"{node.name or 'the index'} is left invalid"
    if isinstance(node, DropIndex):
        return f"{node.names[0].plain} is left invalid"
    return "a second, invalid index is left"


RULE = Rule(
    id="EC402",
    name="concurrently-with-timeout",
    severity=Severity.ERROR,
    hazard=Hazard.LEAVES_INVALID,
    nodes=(CreateIndex, DropIndex, Reindex, a.AlterTable),
    actions=(a.DetachPartition,),
    check=check,
)
