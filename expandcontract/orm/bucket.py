"""Which of a hundred parts a key falls into: the same in Python and in SQL.

`sha256(salt || ':' || key)` of the UTF-8 text, its first three bytes as a number, modulo 100. A
key is in the same part for ever, and what is below the switch's per cent reads the new side: who
has it at 10 % has it at 50 %. The salt is of the column, so that two changes at once do not meet
the same keys first.
"""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, LargeBinary, String, Text, cast, func, literal_column
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.types import CHAR, Enum, TypeEngine, Uuid

from expandcontract.model.names import short_hash

PARTS = 100
_BITS = 24
_DIGITS = _BITS // 4


def salt_for(table: str, column: str) -> str:
    """What makes the parts of one change differ from those of another; plain hexadecimal digits."""
    return short_hash(table, column)


def bucket(salt: str, key: Sequence[object]) -> int:
    """The part of a key, from 0 to 99.

    >>> bucket("a", [1]), bucket("a", [2]), bucket("b", [1]), bucket("a", [None, "x"])
    (76, 61, 99, 98)
    """
    text = ",".join("" if part is None else str(part) for part in key)
    digest = sha256(f"{salt}:{text}".encode()).digest()
    return int.from_bytes(digest[: _BITS // 8]) % PARTS


def bucket_sql(salt: str, key: Sequence[ColumnElement[object]]) -> ColumnElement[int]:
    """The same, of columns."""
    text: ColumnElement[str] = literal_column(f"'{salt}:'", Text)
    for at, column in enumerate(key):
        part: ColumnElement[str] = cast(column, Text)
        if getattr(column, "nullable", True):
            part = func.coalesce(part, literal_column("''", Text))
        text = text + part if at == 0 else text + literal_column("','", Text) + part
    utf8 = func.convert_to(text, literal_column("'UTF8'"), type_=LargeBinary)
    hexadecimal = func.encode(func.sha256(utf8), literal_column("'hex'"))
    digits = func.left(hexadecimal, literal_column(str(_DIGITS)))
    number = cast(cast(literal_column("'x'", Text) + digits, BIT(_BITS)), Integer)
    return number.op("%", return_type=Integer())(literal_column(str(PARTS)))


def is_usable(kind: TypeEngine[object]) -> bool:
    """Whether a type's text is the same in Python and in every session of the server.

    >>> from sqlalchemy import BigInteger, DateTime, Float
    >>> [is_usable(kind) for kind in (BigInteger(), Uuid(), Text(), DateTime(), Float(), CHAR(3))]
    [True, True, True, False, False, False]
    """
    if isinstance(kind, Uuid):
        return kind.python_type is UUID
    if isinstance(kind, CHAR | Enum):
        return False  # padded with blanks, or a label that is not the name of the member
    return isinstance(kind, Integer | String)
