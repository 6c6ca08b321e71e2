"""What a change of a column's type costs, measured on PostgreSQL 12 to 18.

A type change is free of rewriting when PostgreSQL can keep every stored value as it is. Which
changes those are is data here; whatever is not listed rewrites the table and all its indexes.
"""

from enum import Enum

from expandcontract.lint.cursor import Expr, NotReadError
from expandcontract.lint.forms.alter_table import SetType
from expandcontract.lint.knowledge import History
from expandcontract.lint.tokens import Kind, unquoted
from expandcontract.lint.types import TypeName
from expandcontract.model.value import value

UTC = frozenset({"utc", "gmt", "etc/utc", "etc/gmt", "zulu", "uct", "universal", "0"})


class Rewrite(Enum):
    """Whether the table is written anew."""

    NO = "no"
    INDEXES = "indexes"  #: the table stays, its indexes on the column are built anew
    YES = "yes"
    UNKNOWN = "unknown"  #: the old type decides, and it is not known


@value
class Retyping:
    """A judged change of type: what happens, and between which types."""

    rewrite: Rewrite
    old: TypeName | None
    new: TypeName
    why: str = ""


TEXTUAL = frozenset({"text", "character varying"})
_PRECISE = frozenset(
    {"time without time zone", "time with time zone", "timestamp without time zone",
     "timestamp with time zone", "interval"}
)  # fmt: skip
_FREE_BINARY = frozenset(
    {("cidr", "inet"), ("bit", "bit varying"), ("text", "citext"), ("character varying", "citext")}
)
_INDEXES_ONLY = frozenset({("citext", "text"), ("citext", "character varying")})
_MAY_BE_FREE_TO = frozenset(
    {"text", "character varying", "numeric", "timestamp without time zone", "citext",
     "timestamp with time zone", "time without time zone", "time with time zone", "inet",
     "bit varying", "oid", "interval"}
)  # fmt: skip
_FULL_PRECISION = 6


def judge(
    action: SetType, old: TypeName | None, history: History, timezone: str | None
) -> Retyping:
    """What changing a column of the old type costs; `timezone` is None where it is not known."""
    new = action.type
    if action.using is not None and not _is_plain(action.using, action.column, new):
        return Retyping(Rewrite.YES, old, new, "a USING expression is computed for every row")
    if old is None:
        return _without_old(new, history)
    if old == new:
        return Retyping(Rewrite.NO, old, new)
    return Retyping(_between(old, new, history, timezone), old, new)


def _is_plain(using: Expr, column: str, new: TypeName) -> bool:
    """Whether USING says no more than the column itself, at most with the cast there is anyway."""
    words = [token.word for token in using.tokens]
    if words[:2] == ["CAST", "("] and "AS" in words and words[-1] == ")":
        first, spelled = using.tokens[2], words[3] == "AS"
        start, end = (using.tokens[at].start - using.tokens[0].start for at in (4, -1))
        cast = using.text[start:end]
    else:
        first, cast = using.tokens[0], using.text.partition("::")[2]
        spelled = len(words) == 1 or words[1] == "::"
    if not spelled or first.kind not in {Kind.WORD, Kind.QUOTED} or unquoted(first) != column:
        return False
    return not cast or _is_same_cast(cast, new)


def _is_same_cast(cast: str, new: TypeName) -> bool:
    from expandcontract.lint.reading import type_name  # noqa: PLC0415  reading needs the forms

    try:
        found = type_name(cast)
    except NotReadError:
        return False  # a cast of a cast
    same = found.base == new.base and found.array == new.array
    return found == new or (same and not found.modifiers)


def _without_old(new: TypeName, history: History) -> Retyping:
    if new.array or (new.built_in and new.base not in _MAY_BE_FREE_TO):
        why = f"no other type is stored the same way as {new}"
        return Retyping(Rewrite.YES, None, new, why)
    domain = history.type(new.base, new.schema)
    if domain is not None and domain.constrained:
        return Retyping(Rewrite.YES, None, new, f"every value is checked against {new}")
    if domain is not None and domain.kind == "enum":
        return Retyping(Rewrite.YES, None, new, f"no other type is stored the same way as {new}")
    return Retyping(Rewrite.UNKNOWN, None, new)


def _between(  # noqa: PLR0911  (one return for each family of types)
    old: TypeName, new: TypeName, history: History, timezone: str | None
) -> Rewrite:
    if constrained(new, history):
        return Rewrite.YES
    old, new = base_of(old, history), base_of(new, history)
    if old == new:
        return Rewrite.NO
    if old.array or new.array:
        return Rewrite.YES
    if (old.base, new.base) in _FREE_BINARY and not new.modifiers:
        return Rewrite.NO
    if (old.base, new.base) in _INDEXES_ONLY and not new.modifiers:
        return Rewrite.INDEXES
    if {old.base, new.base} <= TEXTUAL:
        return _lengths(old, new)
    if old.base == new.base:
        return _same_base(old, new)
    return _other(old, new, history, timezone)


def _lengths(old: TypeName, new: TypeName) -> Rewrite:
    if not new.modifiers:
        return Rewrite.NO
    wider = bool(old.modifiers) and int(old.modifiers[0]) <= int(new.modifiers[0])
    return Rewrite.NO if wider else Rewrite.YES


def _same_base(old: TypeName, new: TypeName) -> Rewrite:
    if not new.modifiers and new.base not in {"character", "bit"}:
        return Rewrite.NO
    if new.base == "bit varying":
        return _lengths(old, new)
    if new.base == "numeric":
        return _numeric(old, new)
    if new.base in _PRECISE:
        before = int(old.modifiers[0]) if old.modifiers else _FULL_PRECISION
        return Rewrite.NO if before <= int(new.modifiers[0]) else Rewrite.YES
    return Rewrite.YES


def _numeric(old: TypeName, new: TypeName) -> Rewrite:
    if not old.modifiers:
        return Rewrite.YES
    same_scale = old.modifiers[1] == new.modifiers[1]
    wider = int(old.modifiers[0]) <= int(new.modifiers[0])
    return Rewrite.NO if same_scale and wider else Rewrite.YES


def _other(old: TypeName, new: TypeName, history: History, timezone: str | None) -> Rewrite:
    pair = {old.base, new.base}
    if pair == {"timestamp without time zone", "timestamp with time zone"}:
        return _zones(new, timezone)
    if old.base == "integer" and new.base == "oid":
        return Rewrite.NO
    known = all(_is_known(one, history) for one in (old, new))
    return Rewrite.YES if known else Rewrite.UNKNOWN


def _zones(new: TypeName, timezone: str | None) -> Rewrite:
    """Free only while the session's time zone has no offset: then both sides are the same."""
    if new.modifiers and int(new.modifiers[0]) < _FULL_PRECISION:
        return Rewrite.YES
    return Rewrite.INDEXES if timezone is not None and timezone.lower() in UTC else Rewrite.YES


def _is_known(one: TypeName, history: History) -> bool:
    return one.built_in or one.base == "citext" or history.type(one.base, one.schema) is not None


def base_of(found: TypeName, history: History) -> TypeName:
    """The type behind a domain, as far as it is known."""
    known = history.type(found.base, found.schema) if not found.built_in else None
    if known is None or known.base is None:
        return found
    inner = base_of(known.base, history)
    return TypeName(inner.base, inner.modifiers, found.array or inner.array, inner.schema)


def constrained(found: TypeName, history: History) -> bool:
    """Whether the type is a domain that refuses some values."""
    known = history.type(found.base, found.schema) if not found.built_in else None
    if known is None or known.kind != "domain" or found.array:
        return False  # an array has no elements yet
    return known.constrained or (known.base is not None and constrained(known.base, history))
