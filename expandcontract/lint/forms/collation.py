"""A COLLATE clause, spelled as the server spells the collation when it is asked for it again."""

import re

from expandcontract.lint.cursor import Cursor
from expandcontract.model.names import quoted

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_OF_THE_TYPE = "default"


def read_collation(cursor: Cursor) -> str | None:
    """Take the name behind COLLATE; None where it is the type's own.

    A name without a schema is taken for one of the system's: those of users have theirs.
    """
    name = cursor.name()
    if name.name == _OF_THE_TYPE:
        return None
    parts = (name.schema or "pg_catalog", name.name)
    return ".".join(part if _PLAIN.match(part) else quoted(part) for part in parts)
