"""CASCADE drops what the statement does not name.

Views, foreign keys, columns of a dropped type: all that depends goes along, each locked in ACCESS
EXCLUSIVE, and nothing says what it was.

Bad:

    DROP TYPE mood CASCADE;

Says:

    CASCADE drops everything that depends on mood, unnamed and unseen

Instead:

    Name what has to go, and drop it in statements of its own; without CASCADE the server tells
    what is left.

Good: none
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms.index import DropIndex
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.lock import Lock


def check(node: m.Drop | DropIndex | a.AlterTable, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for the word where something stood before."""
    if isinstance(node, a.AlterTable):
        for action in node.actions:
            if isinstance(action, a.DropColumn | a.DropConstraint) and action.cascade:
                what = getattr(action, "column", None) or getattr(action, "constraint", "")
                yield from _tell(str(what), context, live=context.live(node.table))
    elif node.cascade:
        live = any(context.live(name) for name in node.names)
        yield from _tell(", ".join(name.plain for name in node.names), context, live=live)


def _tell(what: str, context: Context, *, live: bool) -> Iterator[Hit]:
    if not live:
        return
    others = [x.relation for x in context.effects.locks if x.mode is Lock.ACCESS_EXCLUSIVE][1:]
    known = f" ({', '.join(others)} among them)" if others else ""
    yield Hit(message=f"CASCADE drops everything that depends on {what}{known}, unnamed and unseen")


RULE = Rule(
    id="EC301",
    name="drop-cascade",
    severity=Severity.ERROR,
    hazard=Hazard.LOSES_DATA,
    nodes=(m.Drop, DropIndex, a.AlterTable),
    actions=(a.DropColumn, a.DropConstraint),
    check=check,
)
