"""SET LOCAL outside a transaction does nothing.

The server warns and goes on; a lock_timeout that was meant to protect is not there.

Bad:

    SET LOCAL lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;

Says:

    no transaction is open here, so that SET LOCAL lock_timeout has no effect

Instead:

    SET without LOCAL, or BEGIN before it.

Good:

    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import transaction as t
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: t.Set, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a setting that is gone at once."""
    if node.local and not context.session.in_transaction:
        yield Hit(
            message=f"no transaction is open here, so that SET LOCAL {node.name} has no effect"
        )


RULE = Rule(
    id="EC414",
    name="set-local-outside-transaction",
    severity=Severity.WARNING,
    hazard=Hazard.NOT_REPEATABLE,
    nodes=(t.Set,),
    check=check,
)
