"""An index that goes and comes under the same name is replaced."""

from collections.abc import Iterator
from typing import Any

from alembic.operations import ops

from expandcontract.changes.base import Change
from expandcontract.changes.replace_index import ReplaceIndex
from expandcontract.ops.autogenerate.indexes import fields_of
from expandcontract.ops.autogenerate.models import spelled


def replaced(found: ops.UpgradeOps, labels: dict[str, Any]) -> Iterator[Change]:
    """Take both operations out; queries have one of the two indexes all the time."""
    for table in found.ops:
        if not isinstance(table, ops.ModifyTableOps):
            continue
        gone = {op.index_name: op for op in table.ops if isinstance(op, ops.DropIndexOp)}
        for op in [one for one in table.ops if isinstance(one, ops.CreateIndexOp)]:
            if op.index_name in gone and (fields := fields_of(op)) is not None:
                table.ops.remove(op)
                table.ops.remove(gone[op.index_name])
                name = spelled(table.schema, table.table_name)
                yield ReplaceIndex(table=name, **fields, **labels)
