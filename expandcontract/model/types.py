"""Types as an author writes them, spelled as `format_type` spells them."""

import re
from dataclasses import dataclass

_ALIASES = {
    "int": "integer",
    "int4": "integer",
    "int2": "smallint",
    "int8": "bigint",
    "decimal": "numeric",
    "dec": "numeric",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "char varying": "character varying",
    "char": "character",
    "varbit": "bit varying",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
}
_ONE_LONG = frozenset({"character", "bit"})
_MODIFIERS = re.compile(r"\s*\(\s*([\d\s,-]+?)\s*\)")
_ARRAY = re.compile(r"(\s*\[\s*\d*\s*\])+\s*$|\s+array(\s*\[\s*\d*\s*\])?\s*$", re.IGNORECASE)
_ZONE = re.compile(r"^(timestamp|time)( with(?:out)? time zone)$")

IDENTICAL = frozenset(
    {
        "smallint", "integer", "bigint", "oid", "boolean", "text", "character varying", "uuid",
        "bytea", "date", "timestamp without time zone", "timestamp with time zone", "name",
        "time without time zone", "inet", "cidr", "macaddr",
    }
)  # fmt: skip
"""Types of whose values `=` says that they are the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type that a change asks for.

    >>> read("VARCHAR(50)"), read("timestamptz (3)[]").spelled
    (Type(base='character varying', modifiers='(50)', is_array=False, known=False), \
'timestamp(3) with time zone[]')
    """

    base: str  #: without length and array sign, with its schema where it is not built in
    modifiers: str = ""
    is_array: bool = False
    equality_is_identity: bool | None = None  #: as the server knows it; None: not asked
    known: bool = False  #: whether a server has confirmed that it exists
    is_kept_outside: bool = True  #: whether its values have a storage that can be chosen
    is_collated: bool = True

    @property
    def spelled(self) -> str:
        """The type as `format_type` prints it."""
        scalar = self.base + self.modifiers
        if self.modifiers and (zoned := _ZONE.match(self.base)):
            scalar = f"{zoned[1]}{self.modifiers}{zoned[2]}"
        return scalar + ("[]" if self.is_array else "")

    @property
    def is_identity(self) -> bool:
        """Whether `=` means the same bytes."""
        if self.equality_is_identity is not None:
            return self.equality_is_identity
        return self.base in IDENTICAL and not self.is_array

    def __repr__(self) -> str:
        return (
            f"Type(base={self.base!r}, modifiers={self.modifiers!r}, is_array={self.is_array},"
            f" known={self.known})"
        )


def read(text: str) -> Type:
    """Take a type's text apart, with what PostgreSQL makes of its aliases."""
    is_array = _ARRAY.search(text) is not None
    scalar = _ARRAY.sub("", text)
    found = _MODIFIERS.search(scalar)
    modifiers = f"({','.join(part.strip() for part in found[1].split(','))})" if found else ""
    base = _MODIFIERS.sub("", scalar, count=1)
    if '"' not in base:
        base = " ".join(base.lower().split()).removeprefix("pg_catalog.")
        base = _ALIASES.get(base, base)
    if base in _ONE_LONG and not modifiers:
        modifiers = "(1)"
    if base == "numeric" and modifiers and "," not in modifiers:
        modifiers = modifiers[:-1] + ",0)"
    return Type(base=base.strip(), modifiers=modifiers, is_array=is_array)
