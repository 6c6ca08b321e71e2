"""The signature of a function or procedure: what CREATE OR REPLACE may not change."""

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.tokens import Kind
from expandcontract.lint.types import TypeName, read_type
from expandcontract.model.value import replace, value

_MODES = ("IN", "OUT", "INOUT", "VARIADIC")
_SECOND_WORDS = frozenset({"PRECISION", "VARYING", "WITH", "WITHOUT", "CHARACTER", "CHAR"})
"""What makes two words one type: `double precision`, `timestamp with time zone`."""
_FIELDS = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})
_ENDS = ("DEFAULT", "=", ",")


@value(kw_only=True)
class Parameter:
    """One parameter; the name is empty where it has none."""

    name: str
    mode: str
    type: TypeName
    default: bool = False


@value(kw_only=True)
class Signature:
    """All parameters, and what comes back: of a procedure, nothing."""

    parameters: tuple[Parameter, ...]
    result: TypeName | None = None
    many: bool = False  #: SETOF or TABLE

    @property
    def inputs(self) -> tuple[Parameter, ...]:
        """The parameters that a call gives."""
        return tuple(one for one in self.parameters if one.mode not in {"OUT", "TABLE"})

    @property
    def row(self) -> tuple[tuple[str, TypeName], ...]:
        """The columns that come back through parameters or RETURNS TABLE."""
        return tuple((one.name, one.type) for one in self.parameters if one.mode in _ROW)


_ROW = frozenset({"OUT", "INOUT", "TABLE"})


def read_signature(inside: Expr, behind: Expr, cursor: Cursor) -> Signature | None:
    """Read both; nothing where a part is written in a way that is not understood."""
    try:
        parameters = _read_parameters(cursor.inside(inside))
        result, many, columns = _read_result(cursor.inside(behind))
    except NotReadError:
        return None
    return Signature(parameters=(*parameters, *columns), result=result, many=many)


def _read_parameters(cursor: Cursor) -> tuple[Parameter, ...]:
    if cursor.done():
        return ()
    found = cursor.listed(lambda: _read_parameter(cursor))
    cursor.need_end()
    return found


def _read_parameter(cursor: Cursor) -> Parameter:
    mode = cursor.says_any(*_MODES)
    if mode == "IN" and cursor.says("OUT"):
        mode = "INOUT"
    name = cursor.ident() if _is_named(cursor) else ""
    if not mode:
        mode = cursor.says_any(*_MODES) or "IN"  # `name OUT type` is allowed as well
    kind = _read_plain(cursor)
    default = bool(cursor.says_any("DEFAULT", "="))
    if default:
        cursor.until(",")
    return Parameter(name=name, mode=mode, type=kind, default=default)


def _is_named(cursor: Cursor) -> bool:
    following = cursor.peek(1)
    if following.kind not in {Kind.WORD, Kind.QUOTED} or following.word in _ENDS:
        return False
    if following.word in _FIELDS:
        return not cursor.sees("INTERVAL")
    return following.word not in _SECOND_WORDS


def _read_plain(cursor: Cursor) -> TypeName:
    """A type; its modifiers do not count in a signature."""
    found = read_type(cursor)
    if cursor.sees("%"):
        raise NotReadError(cursor.peek(), "a type of its own")
    return replace(found, modifiers=())


def _read_result(cursor: Cursor) -> tuple[TypeName | None, bool, tuple[Parameter, ...]]:
    if not cursor.says("RETURNS"):
        return None, False, ()
    if cursor.says("TABLE"):
        columns = _read_parameters(cursor.inside(cursor.group()))
        return None, True, tuple(replace(one, mode="TABLE") for one in columns)
    many = cursor.sees("SETOF")
    return _read_plain(cursor), many, ()
