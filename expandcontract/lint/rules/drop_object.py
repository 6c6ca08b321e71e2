"""Dropping a view, function, type, sequence, schema or extension breaks code that still uses it.

Running code gets "does not exist" from then on. One that is made again in the same transaction
is not missed by anybody, nor is one that the same text has made. CREATE OR REPLACE and IF NOT
EXISTS do not tell whether it was there before. What stands in pg_temp is the session's own, and in
expandcontract our own.

Bad:

    DROP VIEW order_notes;

Says:

    dropping view order_notes breaks running code that uses it

Instead:

    First deploy a release that does not use it. To change a view or function use CREATE OR
    REPLACE, or drop and create it in one transaction.

Good:

    BEGIN;
    DROP VIEW order_notes;
    CREATE VIEW order_notes AS SELECT note FROM orders;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName

_KINDS = frozenset(
    {"VIEW", "MATERIALIZED VIEW", "FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "TYPE", "DOMAIN",
     "SEQUENCE", "SCHEMA", "EXTENSION", "OPERATOR", "COLLATION", "TEXT SEARCH CONFIGURATION",
     "TEXT SEARCH DICTIONARY", "SERVER", "DATABASE"}
)  # fmt: skip

_NOBODY_ELSES = frozenset({"pg_temp", "expandcontract"})
"""Schemas of the session itself, and of the triggers that our phases make and take away."""

_MAKING = (o.CreateView, o.CreateRoutine, o.CreateType, o.CreateDomain, CreateTable, o.Other)


def check(node: m.Drop, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for what stood before and does not come back at once."""
    if node.kind == "OWNED":
        yield Hit(
            message="DROP OWNED drops all that these roles own, unnamed and unseen, and their "
            "privileges",
            help="REASSIGN OWNED first; DROP OWNED then takes away nothing but privileges.",
            hazard=Hazard.LOSES_DATA,
            certainty=Certainty.ASSUMED,
        )
    if node.kind not in _KINDS:
        return
    for name in node.names:
        if not context.live(name) or name.schema in _NOBODY_ELSES or _made_again(name, context):
            continue
        made = {_may_have_stood(one.node) for one in _made_before(name, context)}
        if False in made:
            continue
        message = f"dropping {node.kind.lower()} {name.plain} breaks running code that uses it"
        if made:
            yield Hit(
                message=f"{message}, if it stood before this text",
                help="CREATE without OR REPLACE or IF NOT EXISTS says that it is new.",
                severity=Severity.WARNING,
                certainty=Certainty.UNKNOWN,
            )
        else:
            yield Hit(message=message, certainty=Certainty.ASSUMED)


def _made_again(name: TableName, context: Context) -> bool:
    """Whether the transaction, or else the next statements, bring it back."""
    following = context.in_this_transaction(*_MAKING, of=name.name)
    return any(_makes(later.node, name) for later in following)


def _made_before(name: TableName, context: Context) -> Iterator[Read]:
    return (one for one in context.earlier(*_MAKING, of=name.name) if _makes(one.node, name))


def _may_have_stood(node: object) -> bool:
    """Whether the statement goes on where there is one already."""
    if isinstance(node, o.Other):
        return node.words[:3] == ("IF", "NOT", "EXISTS")
    return any(getattr(node, word, False) for word in ("replace", "if_not_exists"))


def _makes(node: object, name: TableName) -> bool:
    made = not isinstance(node, o.Other) or node.verb == "CREATE"
    return made and getattr(node, "name", None) == name


RULE = Rule(
    id="EC210",
    name="drop-object",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(m.Drop,),
    check=check,
)
