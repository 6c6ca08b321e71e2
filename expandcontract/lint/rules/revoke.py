"""REVOKE may take from running code what it needs.

Statements that need the privilege get 42501 from then on.

Bad:

    REVOKE INSERT ON orders FROM app;

Says:

    running code that relies on INSERT fails with 42501

Instead:

    First deploy a release that does without it; look who uses the role.

Good:

    GRANT INSERT ON orders TO app;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName


def check(node: o.Grant, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for privileges on what others use."""
    used = any(context.live(name) for name in node.tables) or any(
        not _made(name, context) for name in node.routines
    )
    live = used or not (node.tables or node.routines)
    if node.revoke and live and node.privileges:
        what = " ".join(node.privileges).replace(" ,", ",")
        yield Hit(
            message=f"running code that relies on {what} fails with 42501",
            certainty=Certainty.ASSUMED,
        )


def _made(name: TableName, context: Context) -> bool:
    """Whether the text itself has made the routine."""
    made = context.earlier(o.CreateRoutine, of=name.name)
    return any(getattr(earlier.node, "name", None) == name for earlier in made)


RULE = Rule(
    id="EC217",
    name="revoke",
    severity=Severity.WARNING,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(o.Grant,),
    check=check,
)
