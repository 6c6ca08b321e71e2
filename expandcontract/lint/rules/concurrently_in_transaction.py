"""A statement that PostgreSQL refuses inside a transaction stands in one.

CONCURRENTLY, VACUUM, CREATE DATABASE and their like need to commit by themselves; inside a
transaction they fail with 25001. A runner may open the transaction: Alembic runs all pending
revisions in one, and several statements sent as one string are one.

Bad:

    BEGIN;
    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
    COMMIT;

Says:

    CREATE INDEX cannot run inside a transaction, and one is open here

Instead:

    Run it outside: with Alembic in `with op.get_context().autocommit_block():`, else as a
    statement of its own.

Good:

    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
"""

from collections.abc import Iterator

from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node: object, read: Read, context: Context) -> Iterator[Hit]:
    """Look for the open transaction."""
    if context.effects.transactional or not context.session.in_transaction:
        return
    words = read.text.split()
    what = " ".join(words[:2] if words[0].upper() in _TWO_WORDS else words[:1]).upper()
    where = "and one is open here"
    if context.session.implied:
        where = "and the runner opens one around this text"
    yield Hit(message=f"{what} cannot run inside a transaction, {where}")


_TWO_WORDS = frozenset({"CREATE", "DROP", "ALTER"})


RULE = Rule(
    id="EC403",
    name="concurrently-in-transaction",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(object,),
    check=check,
)
