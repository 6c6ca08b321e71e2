"""An ignore comment names no rule that exists.

A misspelt id silences nothing; taking it for all rules would hide everything.

Bad:

    -- ec: ignore[EC999] the table is small
    ALTER TABLE orders ADD COLUMN note text;

Says:

    there is no rule EC999

Instead:

    `ec rules` lists the ids and names.

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
    id="EC004",
    name="unknown-rule",
    severity=Severity.WARNING,
    hazard=Hazard.ADVICE,
    nodes=(),
    check=check,
    dialects=("postgres", "mysql", "mariadb"),
)
