"""A strong lock is asked for without a lock_timeout.

While the statement waits for running queries, every later query waits behind it. A runner that sets
a short lock_timeout and retries, as `ec` does, makes this harmless; so this rule is off by default.

Bad:

    ALTER TABLE orders ADD COLUMN note text;

Says:

    the statement waits for ACCESS EXCLUSIVE on orders without limit

Instead:

    SET lock_timeout to well below a second and retry.

Good:

    SET lock_timeout = '100ms';
    ALTER TABLE orders ADD COLUMN note text;
"""

from collections.abc import Iterator

from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node: object, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a lock that others would queue behind."""
    if context.session.milliseconds("lock_timeout"):
        return
    for lock in context.effects.locks:
        if lock.mode.blocks_writes and context.session.held_on(lock.relation) is None:
            yield Hit(
                message=f"the statement waits for {lock.mode} on {lock.relation} without limit"
            )
            return


RULE = Rule(
    id="EC416",
    name="no-lock-timeout",
    severity=Severity.INFO,
    hazard=Hazard.BLOCKS_READS,
    nodes=(object,),
    check=check,
    by_default=False,
)
