"""An ignore comment silences nothing, or its date has passed.

It was left behind when the statement changed, and would hide the next real finding.

Bad:

    -- ec: ignore[EC101] the table is small
    ALTER TABLE orders ADD COLUMN note text;

Says:

    nothing to ignore: EC101 finds nothing here

Instead:

    Remove the comment.

Good:

    ALTER TABLE orders ADD COLUMN note text;
"""

from collections.abc import Iterator

from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node: object, _read: Read, _context: Context) -> Iterator[Hit]:
    """The comments themselves are looked at, once all statements are judged."""
    yield from ()


RULE = Rule(
    id="EC003",
    name="unused-ignore",
    severity=Severity.WARNING,
    hazard=Hazard.ADVICE,
    nodes=(),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)
