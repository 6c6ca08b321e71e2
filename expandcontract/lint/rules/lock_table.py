"""LOCK TABLE keeps others waiting until the transaction ends.

What the lock guards has to be brief, and to have a lock_timeout: while LOCK TABLE waits for its
turn, everybody else waits behind it.

Bad:

    BEGIN;
    LOCK TABLE orders;
    COMMIT;

Says:

    LOCK TABLE holds ACCESS EXCLUSIVE on orders until the transaction ends

Instead:

    Leave locking to the statements themselves, or lock in a mode that lets reads and writes pass.

Good:

    BEGIN;
    LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.lock import Lock


def check(node: m.LockTable, read: Read, context: Context) -> Iterator[Hit]:
    """Look for modes that reads or writes wait for; without a transaction it is refused."""
    if not context.session.in_transaction and read is context.reads[context.index]:
        return
    mode = Lock[node.mode.replace(" ", "_")]
    live = [name.plain for name in node.tables if context.live(name)]
    if live and mode.blocks_writes:
        yield Hit(
            message=f"LOCK TABLE holds {mode} on {', '.join(live)} until the transaction ends"
        )


RULE = Rule(
    id="EC134",
    name="lock-table",
    severity=Severity.WARNING,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(m.LockTable,),
    check=check,
)
