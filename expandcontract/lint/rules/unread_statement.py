"""A statement could not be read, so nothing is known of what it does.

The linter never takes silence for safety: what it cannot read, it says so. The statement may be
broken, be put together while it runs, or use a form that is newer than this release.

Bad:

    ALTER TABLE orders FROBNICATE note;

Says:

    the statement could not be read: expected an action of ALTER TABLE, found FROBNICATE

Instead:

    Correct the statement, or look at it yourself and say so in an ignore comment.

Good:

    ALTER TABLE orders ADD COLUMN note text;
"""

from collections.abc import Iterator

from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node: None, read: Read, _context: Context) -> Iterator[Hit]:
    """Say why nobody could tell what the statement does."""
    yield Hit(
        message=f"the statement could not be read: {read.why_unread}",
        certainty=Certainty.UNKNOWN,
    )


RULE = Rule(
    id="EC001",
    name="unread-statement",
    severity=Severity.ERROR,
    hazard=Hazard.UNREAD,
    nodes=(type(None),),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)
