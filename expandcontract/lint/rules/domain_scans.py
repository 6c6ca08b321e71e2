"""A new rule on a domain reads every table that uses it, with writes blocked.

Each of those tables is locked in SHARE mode and scanned. NOT VALID spares the scan, VALIDATE
CONSTRAINT does it later, still with writes blocked.

Bad:

    ALTER DOMAIN email ADD CONSTRAINT email_form CHECK (VALUE LIKE '%@%');

Says:

    the new rule of email blocks writes to every table that uses it while they are scanned

Instead:

    ADD CONSTRAINT .. NOT VALID, so that only new values are checked.

Good:

    ALTER DOMAIN email ADD CONSTRAINT email_form CHECK (VALUE LIKE '%@%') NOT VALID;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: o.AlterDomain, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for a rule that old values have to pass."""
    change = node.change.upper()
    not_valid = getattr(node.constraint, "not_valid", False)
    required = change.startswith(("SET NOT NULL", "VALIDATE"))
    if not required and (node.constraint is None or not_valid):
        return
    users = sorted(lock.relation for lock in context.effects.locks)
    where = ", ".join(users) if users else "every table that uses it"
    if not users and not context.effects.unknown:
        return
    yield Hit(
        message=f"the new rule of {node.name.plain} blocks writes to {where} while they are scanned"
    )


RULE = Rule(
    id="EC117",
    name="domain-scans",
    severity=Severity.ERROR,
    hazard=Hazard.SCANS,
    nodes=(o.AlterDomain,),
    check=check,
)
