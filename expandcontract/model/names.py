"""Names of database objects, and the only code that quotes an identifier."""

import re
from typing import NamedTuple

from expandcontract.errors import NameNotReadError

MAX_IDENTIFIER_BYTES = 63
"""PostgreSQL cuts longer identifiers off without an error (NAMEDATALEN - 1)."""

SYSTEM_COLUMNS = frozenset({"tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"})
"""What every table has, under names that no other column of it can have."""

_PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^\s".]+))\s*')


def quoted(identifier: str) -> str:
    """Quote an identifier the way PostgreSQL's `quote_ident` would, always.

    >>> quoted('we"ird')
    '"we""ird"'
    """
    if "\x00" in identifier or not identifier:
        raise NameNotReadError(identifier, "a name is neither empty nor holds a NUL character")
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: str) -> str:
    r"""Quote a text as an SQL literal that reads the same under every string setting.

    >>> literal("it's"), literal("a\\b")
    ("'it''s'", "E'a\\\\b'")
    """
    if "\x00" in value:
        raise NameNotReadError(value, "a text in PostgreSQL cannot hold a NUL character")
    escaped = value.replace("'", "''")
    if "\\" in escaped:
        return "E'" + escaped.replace("\\", "\\\\") + "'"
    return f"'{escaped}'"


class TableName(NamedTuple):
    """A table, with its schema once that is known.

    >>> str(TableName("Order Items", "sales"))
    '"sales"."Order Items"'
    >>> TableName.parse('sales."Order Items"').plain
    'sales.Order Items'
    """

    name: str
    schema: str | None = None

    @classmethod
    def parse(cls, text: "str | TableName") -> "TableName":
        """Read `table` or `schema.table`; parts with a dot or a quote are written quoted.

        Unlike in SQL an unquoted part keeps its case: names come from Python, where what is
        written is what is meant.
        """
        if isinstance(text, TableName):
            return text
        parts: list[str] = []
        at = 0
        while match := _PART.match(text, at):
            parts.append(match[1].replace('""', '"') if match[1] else match[2])
            at = match.end()
            if text[at : at + 1] != ".":
                break
            at += 1
        else:
            at = -1  # a dot, and no name behind it
        if at != len(text) or len(parts) not in {1, 2}:
            raise NameNotReadError(text, 'write table, schema.table or schema."odd.table"')
        for part in parts:
            refuse_too_long(part)
        return cls(parts[-1], parts[0] if len(parts) == 2 else None)  # noqa: PLR2004

    @property
    def spelled(self) -> str:
        """The text that `parse` reads as this name, quoted only where it has to be.

        >>> TableName.parse('"select"').spelled, TableName("Order Items", "sales").spelled
        ('select', 'sales."Order Items"')
        """
        parts = (self.name,) if self.schema is None else (self.schema, self.name)
        return ".".join(
            part if (found := _PART.fullmatch(part)) and found[2] == part else quoted(part)
            for part in parts
        )

    @property
    def plain(self) -> str:
        """The name as people say it, without quotes."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"

    def __str__(self) -> str:
        """The name as SQL spells it."""
        if self.schema is None:
            return quoted(self.name)
        return f"{quoted(self.schema)}.{quoted(self.name)}"


def refuse_too_long(identifier: str) -> None:
    """Raise where PostgreSQL would silently cut the name off, or could not be sent it."""
    quoted(identifier)
    try:
        encoded = identifier.encode()
    except UnicodeEncodeError:
        raise NameNotReadError(identifier, "half a character cannot be sent to a server") from None
    if len(encoded) > MAX_IDENTIFIER_BYTES:
        raise NameNotReadError(
            identifier, f"PostgreSQL cuts names off at {MAX_IDENTIFIER_BYTES} bytes"
        )


def short_hash(*parts: str) -> str:
    """Ten hexadecimal digits that stand for the parts; a separator cannot be forged.

    >>> short_hash("a", "b") == short_hash("ab")
    False
    """
    import hashlib  # noqa: PLC0415  takes as long as the module

    text = "\x00".join(parts)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def slug(text: str) -> str:
    """Turn a text into a name that needs no quoting in any shell.

    Two texts that differ only in what is replaced get different slugs.

    >>> slug("users"), slug("Order Items")
    ('users', 'Order_Items-dbc868')
    """
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", text)
    if plain == text:
        return plain
    import hashlib  # noqa: PLC0415  takes as long as the module

    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
