"""Renaming a function, a sequence or a domain, or moving it, breaks code that uses the old name.

Calls by the old name fail with 42883, nextval() of it with 42P01, casts to it with 42704. What the
database itself holds (defaults, views, triggers) follows; what stands in texts, function bodies
among them, does not.

Bad:

    ALTER FUNCTION shipping(order_id bigint) RENAME TO shipping_costs;

Says:

    renaming function shipping breaks running code that uses the old name

Instead:

    Make the new one beside the old one, which may call it, and drop the old one in a later deploy.

Good:

    CREATE FUNCTION shipping_costs(order_id bigint) RETURNS numeric
        LANGUAGE sql AS 'SELECT 4.90';
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Certainty, Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard
from expandcontract.model.names import TableName

_KINDS = frozenset(
    {"FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "EXTENSION", "COLLATION",
     "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY"}
)  # fmt: skip
_MAKING = (o.CreateRoutine, o.CreateDomain, o.Other)

Renaming = o.Other | o.AlterSequence | o.AlterDomain


def check(node: Renaming, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for names that running code knows."""
    kind, name, words = _said(node)
    moved = words[-3:-1] == ("SET", "SCHEMA")
    if not name or not (moved or words[-3:-1] == ("RENAME", "TO")):
        return
    if any(_makes(one.node, name) for one in context.earlier(*_MAKING, of=name.split(".")[-1])):
        return
    yield Hit(
        message=f"{'moving' if moved else 'renaming'} {kind} {name} breaks running code that uses "
        "the old name",
        certainty=Certainty.ASSUMED,
    )


def _said(node: Renaming) -> tuple[str, str, tuple[str, ...]]:
    """The kind, the name as written, and the words of what changes."""
    if isinstance(node, o.AlterSequence):
        return "sequence", node.name.plain, node.words
    if isinstance(node, o.AlterDomain):
        return "domain", node.name.plain, tuple(node.change.upper().split())
    if node.verb != "ALTER" or node.kind not in _KINDS:
        return "", "", ()
    return node.kind.lower(), _written(node.words), node.words


def _written(words: tuple[str, ...]) -> str:
    """The name before the arguments."""
    parts = [words[0]]
    for dot, part in zip(words[1::2], words[2::2], strict=False):
        if dot != ".":
            break
        parts.append(part)
    return ".".join(part.strip('"') if part.startswith('"') else part.lower() for part in parts)


def _makes(node: object, name: str) -> bool:
    made = getattr(node, "name", None)
    if isinstance(node, o.Other) and node.verb != "CREATE":
        return False
    return isinstance(made, TableName) and made.plain == name


RULE = Rule(
    id="EC223",
    name="rename-object",
    severity=Severity.ERROR,
    hazard=Hazard.BREAKS_OLD_CODE,
    nodes=(o.Other, o.AlterSequence, o.AlterDomain),
    check=check,
)
