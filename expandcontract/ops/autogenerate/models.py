"""What the models say of a table: the hints that authors put into `info`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, Table

from expandcontract.model.names import quoted

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

RENAMED_FROM = "renamed_from"
FILL = "fill"
UP, DOWN = "up", "down"


def spelled(schema: str | None, table: str) -> str:
    """A table as our changes name it.

    >>> spelled(None, "users"), spelled("sales", "Order Items")
    ('users', 'sales."Order Items"')
    """
    parts = [part for part in (schema, table) if part is not None]
    return ".".join(one if re.fullmatch(r'[^\s".]+', one) else quoted(one) for one in parts)


def hint(context: "AutogenContext", op: Any, column: str, key: str) -> str:  # noqa: ANN401
    """What the model's column says under a key, as text."""
    table = _table(context, op.schema, op.table_name)
    found = None if table is None else next((c for c in table.columns if c.name == column), None)
    return "" if found is None else str(found.info.get(key) or "")


def _table(context: "AutogenContext", schema: str | None, name: str) -> Table | None:
    for metadata in _metadata(context):
        for table in metadata.tables.values():
            if (table.schema, table.name) == (schema, name):
                return table
    return None


def _metadata(context: "AutogenContext") -> Iterator[MetaData]:
    found = context.metadata
    if isinstance(found, MetaData):
        yield found
    elif found is not None:
        yield from found
