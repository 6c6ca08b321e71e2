"""What attaching and detaching partitions costs."""

from expandcontract.lint.costing.actions import STRONG, Target, cost, lock_default_partition, verify
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.known import KnownConstraint, KnownTable
from expandcontract.model.catalog import ConstraintKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

_PG_DETACH_LOCKS_MORE = 14


@cost.register
def _attach(action: a.AttachPartition, target: Target, costs: Costs) -> None:
    costs.lock(target.name, Lock.SHARE_UPDATE_EXCLUSIVE)
    costs.lock(action.partition, STRONG)
    parent, partition = costs.known(target.name), costs.known(action.partition)
    if parent is None:
        costs.unknown["scans"] = None
    for child in costs.history.children(target.name):
        if child.default_partition and not action.default:
            costs.lock(child.name, STRONG)
            costs.scan(child.name)
    if not costs.history.is_fresh(action.partition) and not may_be_proven(partition):
        costs.scan(action.partition)
    for index in missing_indexes(parent, partition):
        del index
        costs.build(action.partition)
    for key in parent.foreign_keys if parent else ():
        _take_over(key, action.partition, partition, costs)


def _take_over(
    key: KnownConstraint, name: TableName, partition: KnownTable | None, costs: Costs
) -> None:
    """The parent's foreign key holds for the partition from now on, and is verified."""
    if key.parent is not None:
        costs.lock(key.parent, Lock.SHARE_ROW_EXCLUSIVE)
        if not _has_key(partition, key):
            verify(name, key.parent, costs)


def _has_key(partition: KnownTable | None, key: KnownConstraint) -> bool:
    """Whether the partition has the same foreign key already, validated."""
    return partition is not None and any(
        own.parent == key.parent and own.columns == key.columns and own.valid
        for own in partition.foreign_keys
    )


def may_be_proven(partition: KnownTable | None) -> bool:
    """A validated CHECK is the only thing that can spare the scan."""
    return partition is not None and any(
        item.kind is ConstraintKind.CHECK and item.valid for item in partition.constraints
    )


def missing_indexes(parent: KnownTable | None, partition: KnownTable | None) -> tuple[str, ...]:
    """Indexes of the parent that the new partition does not have; they are built at once."""
    if parent is None or partition is None:
        return ()
    have = [(index.columns, index.unique or index.primary) for index in partition.indexes]
    return tuple(
        index.name
        for index in parent.indexes
        if not any(
            columns == index.columns and (unique or not index.unique) for columns, unique in have
        )
    )


@cost.register
def _detach(action: a.DetachPartition, target: Target, costs: Costs) -> None:
    if action.concurrently or action.finalize:
        costs.transactional = costs.transactional and not action.concurrently
        costs.lock(target.name, Lock.SHARE_UPDATE_EXCLUSIVE)
        costs.lock(action.partition, STRONG)
        return
    costs.lock(target.name, STRONG)
    more = costs.major >= _PG_DETACH_LOCKS_MORE
    costs.lock(action.partition, STRONG if more else Lock.SHARE_UPDATE_EXCLUSIVE)
    lock_default_partition(target.name, costs)
