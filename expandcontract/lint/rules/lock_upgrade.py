"""A transaction that writes to a table and then alters it can deadlock with every writer.

It holds ROW EXCLUSIVE and asks for more; a writer that holds the same, and waits for a row of ours,
stands in the way. Taking the strongest lock first avoids it.

Bad:

    BEGIN;
    DELETE FROM orders WHERE note IS NULL;
    ALTER TABLE orders ADD COLUMN remark text;
    COMMIT;

Says:

    line 2 holds ROW EXCLUSIVE on orders, and this statement asks for ACCESS EXCLUSIVE

Instead:

    Write in a transaction of its own, or take the strongest lock first.

Good:

    DELETE FROM orders WHERE note IS NULL;
    ALTER TABLE orders ADD COLUMN remark text;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms.index import CreateIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.lock import Lock


def check(_node: object, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a table on which more is asked for than is held."""
    for lock in context.effects.locks:
        held = context.session.held_on(lock.relation)
        if held is None or not held.mode < lock.mode or not lock.mode.blocks_writes:
            continue
        taker = held.read.node
        if isinstance(taker, q.Write | q.Copy | m.LockTable) and held.mode >= Lock.ROW_EXCLUSIVE:
            yield Hit(
                message=f"{held.where(context.reads)} holds {held.mode} on {lock.relation}, and "
                f"this statement asks for {lock.mode}"
            )


RULE = Rule(
    id="EC133",
    name="lock-upgrade",
    severity=Severity.WARNING,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(a.AlterTable, CreateIndex, m.Drop, m.Truncate, m.LockTable),
    check=check,
)
