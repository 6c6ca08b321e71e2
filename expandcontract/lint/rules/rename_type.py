"""Renaming a type, one of its values or attributes breaks code that uses the old name.

Running code that writes the old value gets 22P02, code that casts to the old type 42704.

Bad:

    ALTER TYPE mood RENAME VALUE 'bad' TO 'poor';

Says:

    RENAME VALUE on mood breaks running code that uses the old name

Instead:

    Add the new value, move rows and code over to it, and leave the old value unused.

Good:

    ALTER TYPE mood ADD VALUE 'poor';
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: o.AlterType, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for names that running code knows."""
    if node.change in {"RENAME VALUE", "RENAME TO", "RENAME ATTRIBUTE", "SET SCHEMA"}:
        if not _made_before(node, context):
            yield Hit(
                message=f"{node.change} on {node.name.plain} breaks running code that uses the old "
                "name",
                certainty=Certainty.ASSUMED,
            )
    elif node.change == "DROP ATTRIBUTE":
        yield Hit(
            message=f"DROP ATTRIBUTE on {node.name.plain} breaks running code that uses it, and "
            "its data is lost",
            certainty=Certainty.ASSUMED,
        )


def _made_before(node: o.AlterType, context: Context) -> bool:
    made = context.earlier(o.CreateType, of=node.name.name)
    return any(getattr(earlier.node, "name", None) == node.name for earlier in made)


RULE = Rule(
    id="EC211",
    name="rename-type",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(o.AlterType,),
    check=check,
)
