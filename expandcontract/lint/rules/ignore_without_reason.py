"""An ignore comment gives no reason, and therefore ignores nothing.

A year later nobody knows whether the finding was looked at or only in the way. The reason stands
behind the bracket.

Bad:

    -- ec: ignore[EC101]
    CREATE INDEX orders_note_idx ON orders (note);

Says:

    the ignore of EC101 gives no reason

Instead:

    Write the reason behind the bracket.

Good:

    -- ec: ignore[EC101] orders has 200 rows, measured on 3 May
    CREATE INDEX orders_note_idx ON orders (note);
"""

from collections.abc import Iterator

from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node: object, _read: Read, _context: Context) -> Iterator[Hit]:
    """The comments themselves are looked at, once all statements are judged."""
    yield from ()


RULE = Rule(
    id="EC002",
    name="ignore-without-reason",
    severity=Severity.WARNING,
    hazard=Hazard.ADVICE,
    nodes=(),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)
