"""BEGIN and COMMIT do not match.

BEGIN inside a transaction only warns, and the first COMMIT ends it all; COMMIT without BEGIN does
nothing; what is never committed is lost when the session ends.

Bad:

    BEGIN;
    ALTER TABLE orders ADD COLUMN note text;
    BEGIN;
    COMMIT;

Says:

    a transaction is open already, and BEGIN does not nest

Instead:

    One BEGIN and one COMMIT; inside, use SAVEPOINT.

Good:

    BEGIN;
    ALTER TABLE orders ADD COLUMN note text;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import transaction as t
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: t.Begin | t.Commit | t.Rollback, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for one without the other."""
    inside = context.session.in_transaction
    if isinstance(node, t.Begin):
        if inside and not context.session.implied:
            yield Hit(message="a transaction is open already, and BEGIN does not nest")
        elif not inside and not any(map(_ends, context.later(t.Commit, t.Rollback, t.Session))):
            yield Hit(message="the transaction is never committed")
    elif not inside and isinstance(node, t.Commit):
        yield Hit(message="no transaction is open here, and COMMIT does nothing")


def _ends(read: Read) -> bool:
    return isinstance(read.node, t.Commit | t.Rollback) or (
        isinstance(read.node, t.Session) and "PREPARE" in read.node.verb
    )


RULE = Rule(
    id="EC413",
    name="transaction-nesting",
    severity=Severity.WARNING,
    hazard=Hazard.NOT_REPEATABLE,
    nodes=(t.Begin, t.Commit, t.Rollback),
    check=check,
)
