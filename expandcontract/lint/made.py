"""What a statement makes that did not stand before."""

from collections.abc import Iterator

from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms.alter_table import AlterTable, MergePartitions, SplitPartition
from expandcontract.lint.forms.index import CreateIndex
from expandcontract.lint.forms.query import Query
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.knowledge import History
from expandcontract.lint.statements import Node
from expandcontract.model.names import TableName


def made_by(node: Node, history: History) -> set[TableName]:
    """The relations; IF NOT EXISTS and OR REPLACE leave open whether one stood before."""
    match node:
        case o.CreateView() if node.replace:
            return set()
        case CreateTable() | o.CreateView() if not node.if_not_exists:
            key = history.new_key(node.name)
            table = history.tables.get(key)
            indexes = table.indexes if table else ()
            return {key, *(TableName(index.name, key.schema) for index in indexes)}
        case CreateIndex() if not node.if_not_exists and node.name is not None:
            return {TableName(node.name, history.key(node.table).schema)}
        case Query() if node.into is not None:
            return {history.new_key(node.into)}
        case AlterTable():
            return {history.new_key(name) for name in _partitions_made(node)}
        case _:
            return set()


def _partitions_made(node: AlterTable) -> Iterator[TableName]:
    for action in node.actions:
        if isinstance(action, SplitPartition):
            yield from (new.partition for new in action.into)
        elif isinstance(action, MergePartitions):
            yield action.into
