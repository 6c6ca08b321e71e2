"""The lock_timeout that the text has set is no longer in force where it is needed.

COMMIT ends SET LOCAL, ROLLBACK takes a SET back, RESET and RESET ALL end both. While a statement
waits for a strong lock without a timeout, every later query waits behind it.

Bad:

    BEGIN;
    SET LOCAL lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;
    COMMIT;
    ALTER TABLE orders ADD COLUMN remark text;

Says:

    lock_timeout was set before, but is not in force here, and the statement waits for ACCESS
    EXCLUSIVE on orders without limit

Instead:

    Set it again in each transaction, or SET it for the session.

Good:

    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;
    ALTER TABLE orders ADD COLUMN remark text;
"""

from collections.abc import Iterator

from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node: object, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a strong lock behind the end of the timeout."""
    session = context.session
    if not session.limited or session.milliseconds("lock_timeout"):
        return
    for lock in context.effects.locks:
        if lock.mode.blocks_writes and context.effects.transactional:
            if session.held_on(lock.relation) is not None:
                continue
            yield Hit(
                message="lock_timeout was set before, but is not in force here, and the statement "
                f"waits for {lock.mode} on {lock.relation} without limit"
            )
            return


RULE = Rule(
    id="EC415",
    name="lock-timeout-gone",
    severity=Severity.WARNING,
    hazard=Hazard.BLOCKS_READS,
    nodes=(object,),
    check=check,
)
