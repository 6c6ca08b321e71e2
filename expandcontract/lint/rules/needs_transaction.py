"""LOCK TABLE and savepoints are refused outside a transaction.

The server answers with 25P01. In psql without ON_ERROR_STOP the rest goes on without the lock.

Bad:

    LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE;

Says:

    no transaction is open here, and LOCK TABLE is refused without one

Instead:

    BEGIN before it and COMMIT behind what it guards, or a runner that opens a transaction.

Good:

    BEGIN;
    LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard

_WHAT = {
    m.LockTable: "LOCK TABLE",
    t.Savepoint: "SAVEPOINT",
    t.RollbackTo: "ROLLBACK TO SAVEPOINT",
    t.Release: "RELEASE SAVEPOINT",
}


def check(node: object, read: Read, context: Context) -> Iterator[Hit]:
    """Look for a statement of the text itself: a DO block runs in a transaction in any case."""
    if not context.session.in_transaction and read is context.reads[context.index]:
        what = _WHAT[type(node)]
        yield Hit(message=f"no transaction is open here, and {what} is refused without one")


RULE = Rule(
    id="EC422",
    name="needs-transaction",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=tuple(_WHAT),
    check=check,
)
