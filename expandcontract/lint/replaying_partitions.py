"""Applies the actions of ALTER TABLE that change which partitions there are."""

from expandcontract.lint.building import HANDED_DOWN, with_partition_copies
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownTable
from expandcontract.lint.replaying_actions import apply_action
from expandcontract.model.names import TableName
from expandcontract.model.value import replace


@apply_action.register
def _attach(action: a.AttachPartition, table: KnownTable, history: History) -> None:
    if partition := history.table(action.partition):
        attached = replace(partition, parent=table.name, default_partition=action.default)
        history.put(with_partition_copies(attached, table, history))


@apply_action.register
def _detach(action: a.DetachPartition, table: KnownTable, history: History) -> None:
    partition = history.table(action.partition)
    if partition is not None and partition.parent == table.name:
        history.put(replace(partition, parent=None, default_partition=False))


@apply_action.register
def _split(action: a.SplitPartition, table: KnownTable, history: History) -> None:
    history.forget(history.key(action.partition))
    for new in action.into:
        _make(new.partition, table, history, default=new.default)


@apply_action.register
def _merge(action: a.MergePartitions, table: KnownTable, history: History) -> None:
    """The new partition is the default one if an old one was."""
    gone = [history.table(name) for name in action.partitions]
    for name in action.partitions:
        history.forget(history.key(name))
    _make(action.into, table, history, default=any(one.default_partition for one in gone if one))


def _make(name: TableName, table: KnownTable, history: History, *, default: bool) -> None:
    """A new partition has the columns, checks, keys and indexes of its table."""
    made = KnownTable(
        name=history.new_key(name),
        spelled=name,
        columns=table.columns,
        constraints=tuple(c for c in table.constraints if c.kind in HANDED_DOWN),
        parent=table.name,
        default_partition=default,
        complete=table.complete,
    )
    history.put(with_partition_copies(made, table, history))
