"""CREATE OR REPLACE cannot change what a function returns, nor the names of its parameters.

It fails with 42P13: callers were compiled against both. Parameter names may be added where there
were none, and defaults may be added, but not taken away. Other parameter types do not replace the
function at all; they make a second one of the same name.

Given:

    CREATE FUNCTION total(order_id int) RETURNS int LANGUAGE sql AS 'SELECT 1';

Bad:

    CREATE OR REPLACE FUNCTION total(order_id int) RETURNS bigint LANGUAGE sql AS 'SELECT 1';

Says:

    total returns integer, and a replacement cannot return bigint

Instead:

    Make a function of another name, move the callers, and drop the old one in a later release.

Good:

    CREATE OR REPLACE FUNCTION total(order_id int) RETURNS int LANGUAGE sql AS 'SELECT 2';
"""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms.signature import Signature
from expandcontract.lint.reading import Read
from expandcontract.lint.routines import replaced
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.lint.types import TypeName
from expandcontract.model.hazard import Hazard


def check(node: o.CreateRoutine, _read: Read, context: Context) -> Iterator[Hit]:
    """Compare with what the schema has under this name, with these parameter types."""
    known = replaced(node, context.history) if node.replace else None
    if known is None or known.signature is None or node.signature is None:
        return
    name = node.name.plain
    if known.kind != node.kind:
        is_, was = node.kind.lower(), known.kind.lower()
        yield Hit(message=f"{name} is a {was}, and a {is_} cannot replace it")
        return
    before, after = known.signature, node.signature
    if reason := _result(before, after) or _parameters(before, after):
        yield Hit(message=f"{name} {reason}")


def _result(before: Signature, after: Signature) -> str:
    if before.row or after.row:
        if _columns(before) == _columns(after):
            return ""
        return f"returns {_told(before)}, and a replacement cannot return {_told(after)}"
    if before.result is None or after.result is None:
        return ""
    if _same(before.result, after.result) and before.many == after.many:
        return ""
    return f"returns {_told(before)}, and a replacement cannot return {_told(after)}"


def _columns(one: Signature) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, kind.base, str(kind.array)) for name, kind in one.row)


def _same(one: TypeName, other: TypeName) -> bool:
    """A type of unknown schema may be any of that name."""
    schemas = {one.schema, other.schema}
    return (one.base, one.array) == (other.base, other.array) and (
        len(schemas) == 1 or None in schemas
    )


def _told(one: Signature) -> str:
    if one.row:
        return "(" + ", ".join(f"{name} {kind}".strip() for name, kind in one.row) + ")"
    return f"setof {one.result}" if one.many else str(one.result)


def _parameters(before: Signature, after: Signature) -> str:
    for was, is_ in zip(before.inputs, after.inputs, strict=True):
        if was.name and was.name != is_.name:
            return f"has a parameter {was.name}, and a replacement has to call it so too"
        if was.default and not is_.default:
            what = was.name or str(was.type)
            return f"has a default for {what}, and a replacement has to have one too"
    return ""


RULE = Rule(
    id="EC418",
    name="routine-replace-refused",
    severity=Severity.ERROR,
    hazard=Hazard.FAILS,
    nodes=(o.CreateRoutine,),
    check=check,
)
