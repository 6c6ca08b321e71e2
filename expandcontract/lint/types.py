"""Type names, spelled as PostgreSQL's `format_type` spells them."""

from expandcontract.lint.cursor import Cursor, NotReadError
from expandcontract.lint.tokens import Kind
from expandcontract.model.value import field, value

_CANONICAL = {
    "int": "integer",
    "int4": "integer",
    "int2": "smallint",
    "int8": "bigint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
    "decimal": "numeric",
    "dec": "numeric",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "char": "character",
    "varbit": "bit varying",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
}
SERIALS = frozenset({"serial", "serial4", "bigserial", "serial8", "smallserial", "serial2"})
BUILT_IN = frozenset(
    {
        *_CANONICAL, *_CANONICAL.values(),
        "text", "uuid", "json", "jsonb", "bytea", "date", "interval", "money", "xml", "inet",
        "cidr", "macaddr", "macaddr8", "bit", "oid", "name", "regclass", "regtype", "regproc",
        "point", "line", "lseg", "box", "path", "polygon", "circle", "tsvector", "tsquery",
        "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "jsonpath",
        "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange",
        "datemultirange", "pg_lsn", "xid", "xid8", "bpchar", '"char"',
    }
)  # fmt: skip
_FIELDS = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})
_DOUBLE_BITS = 25  # float(25) and more is double precision


@value
class TypeName:
    """A type as `format_type` would print it, in its parts.

    >>> from expandcontract.lint.reading import type_name
    >>> str(type_name("VARCHAR(50)[]")), str(type_name("timestamptz (3)"))
    ('character varying(50)[]', 'timestamp(3) with time zone')
    """

    base: str
    modifiers: tuple[str, ...] = ()
    array: bool = False
    schema: str | None = None
    serial: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return self._scalar() + ("[]" if self.array else "")

    def _scalar(self) -> str:
        base, modifiers = self.base, self.modifiers
        if self.schema not in {None, "pg_catalog", "public"}:
            base = f"{self.schema}.{base}"
        if not modifiers:
            return base
        numbers = f"({','.join(modifiers)})"
        if base.startswith(("time ", "timestamp ")):
            first, _, zone = base.partition(" ")
            return f"{first}{numbers} {zone}"
        return base + numbers

    @property
    def built_in(self) -> bool:
        """Whether PostgreSQL itself has the type; others may be domains, enums or extensions."""
        return self.base in BUILT_IN or self.base.startswith("interval ")


def read_type(cursor: Cursor) -> TypeName:
    """Take a type name with its modifiers and array signs."""
    cursor.says("SETOF")
    token = cursor.peek()
    if token.kind is Kind.WORD:
        base, schema, modifiers = _read_words(cursor)
    elif token.kind in {Kind.QUOTED, Kind.PARAMETER}:
        base, schema, modifiers = _read_user(cursor)
        base = '"char"' if base == "char" and schema in {None, "pg_catalog"} else base
    else:
        raise NotReadError(token, "a type")
    array = _read_array(cursor)
    return _canonical(base, modifiers, array=array, schema=schema)


def _read_words(  # noqa: PLR0911  (one return for each family)
    cursor: Cursor,
) -> tuple[str, str | None, tuple[str, ...]]:
    word = cursor.peek().word
    if cursor.peek(1).word == ".":
        return _read_user(cursor)
    if word in {"CHARACTER", "CHAR", "NCHAR"} or cursor.sees("NATIONAL"):
        return _read_character(cursor)
    if word == "BIT":
        cursor.take()
        base = "bit varying" if cursor.says("VARYING") else "bit"
        return base, None, _modifiers(cursor)
    if word in {"TIME", "TIMESTAMP"}:
        return _read_time(cursor)
    if word == "INTERVAL":
        return _read_interval(cursor)
    if cursor.says("DOUBLE", "PRECISION"):
        return "double precision", None, ()
    return _read_user(cursor)


def _read_user(cursor: Cursor) -> tuple[str, str | None, tuple[str, ...]]:
    name = cursor.name()
    return name.name, name.schema, _modifiers(cursor)


def _read_character(cursor: Cursor) -> tuple[str, str | None, tuple[str, ...]]:
    cursor.says("NATIONAL")
    cursor.take()
    base = "character varying" if cursor.says("VARYING") else "character"
    return base, None, _modifiers(cursor)


def _read_time(cursor: Cursor) -> tuple[str, str | None, tuple[str, ...]]:
    base = cursor.take().text.lower()
    modifiers = _modifiers(cursor)
    zone = "without"
    if cursor.says("WITH", "TIME", "ZONE"):
        zone = "with"
    else:
        cursor.says("WITHOUT", "TIME", "ZONE")
    return f"{base} {zone} time zone", None, modifiers


def _read_interval(cursor: Cursor) -> tuple[str, str | None, tuple[str, ...]]:
    cursor.take()
    base = "interval"
    if field_name := cursor.says_any(*_FIELDS):
        base += f" {field_name.lower()}"
        if cursor.says("TO"):
            base += f" to {cursor.take().text.lower()}"
    return base, None, _modifiers(cursor)


def _modifiers(cursor: Cursor) -> tuple[str, ...]:
    if not cursor.sees("("):
        return ()
    return tuple(token.text for token in cursor.group().tokens if token.word != ",")


def _read_array(cursor: Cursor) -> bool:
    array = cursor.says("ARRAY")
    while cursor.says("["):
        array = True
        while not cursor.says("]"):
            cursor.take()
    return array


def _canonical(
    base: str, modifiers: tuple[str, ...], *, array: bool, schema: str | None
) -> TypeName:
    serial = base in SERIALS and schema is None
    if schema in {None, "pg_catalog"}:
        if base == "float":
            narrow = modifiers[:1] and modifiers[0].isdecimal() and int(modifiers[0]) < _DOUBLE_BITS
            return TypeName("real" if narrow else "double precision", (), array, None)
        base = _CANONICAL.get(base, base)
        if base in {"character", "bit"} and not modifiers:
            modifiers = ("1",)
        if base == "numeric" and len(modifiers) == 1:
            modifiers = (*modifiers, "0")
    return TypeName(base, modifiers, array, schema, serial)
