"""A SET that is not LOCAL outlives the migration in its session.

Behind a pooler the next transaction of somebody else finds it.

Bad:

    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;

Says:

    lock_timeout stays set for whoever uses the session next

Instead:

    SET LOCAL inside a transaction, or RESET at the end.

Good:

    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;
    RESET lock_timeout;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import transaction as t
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: t.Set, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the RESET that follows."""
    if node.local or node.value is None:
        return
    undone = ((t.Reset, "all"), (t.Reset, node.name), (t.Set, node.name))
    if any(any(context.later(kind, of=name)) for kind, name in undone):
        return
    yield Hit(message=f"{node.name} stays set for whoever uses the session next")


RULE = Rule(
    id="EC505",
    name="session-setting-stays",
    severity=Severity.INFO,
    hazard=Hazard.ADVICE,
    nodes=(t.Set,),
    check=check,
    by_default=False,
)
