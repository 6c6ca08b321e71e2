"""What attaching and detaching partitions costs."""

from expandcontract.lint.costing.actions import STRONG, Target, cost, lock_default_partition, verify
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.known import KnownConstraint, KnownTable
from expandcontract.model.kinds import ConstraintKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

_PG_DETACH_LOCKS_MORE = 14
_PG_REFERENCING_LOCKS_MORE = 15


@cost.register
def _attach(action: a.AttachPartition, target: Target, costs: Costs) -> None:
    costs.lock(target.name, Lock.SHARE_UPDATE_EXCLUSIVE)
    costs.lock_family(action.partition, STRONG)
    parent, partition = costs.known(target.name), costs.known(action.partition)
    if parent is None:
        costs.unknown["scans"] = None
    if not action.default:
        look_into_default(target.name, costs)
    if not costs.history.is_fresh(action.partition) and not may_be_proven(partition):
        costs.scan(action.partition)
    for index in missing_indexes(parent, partition):
        del index
        costs.build(action.partition)
    for key in parent.foreign_keys if parent else ():
        _take_over(key, action.partition, partition, costs)
    lock_referencing(target.name, costs)


def look_into_default(parent: TableName, costs: Costs) -> None:
    """The default partition is locked, and searched for rows that belong to the new one."""
    known = costs.known(parent)
    for child in costs.history.children(parent):
        if not child.default_partition:
            continue
        costs.lock(child.name, STRONG)
        if known is not None and _may_exclude(child, known.partition_key):
            costs.unknown["scans"] = None
        else:
            costs.scan(child.name)


def _may_exclude(default: KnownTable, key: tuple[str, ...]) -> bool:
    """Whether a validated CHECK speaks of the partition key; what it implies is not computed."""
    return any(
        item.kind is ConstraintKind.CHECK and item.valid and set(item.columns) & set(key)
        for item in default.constraints
    )


def lock_referencing(parent: TableName, costs: Costs) -> None:
    """Tables whose foreign keys point at a table that gets a partition."""
    more = costs.major >= _PG_REFERENCING_LOCKS_MORE
    for child in costs.history.referencing(costs.history.key(parent)):
        costs.lock(child.name, Lock.SHARE_ROW_EXCLUSIVE if more else Lock.ACCESS_SHARE)


def _take_over(
    key: KnownConstraint, name: TableName, partition: KnownTable | None, costs: Costs
) -> None:
    """The parent's foreign key holds for the partition from now on, and is verified."""
    if key.parent is not None:
        has_key = _has_key(partition, key)  # then its triggers go
        costs.lock(key.parent, STRONG if has_key else Lock.SHARE_ROW_EXCLUSIVE)
        if not has_key:
            verify(name, key.parent, costs)


def _has_key(partition: KnownTable | None, key: KnownConstraint) -> bool:
    """Whether the partition has the same foreign key already, validated."""
    return partition is not None and any(
        own.parent == key.parent and own.columns == key.columns and own.valid
        for own in partition.foreign_keys
    )


def unverified_keys(parent: KnownTable | None, partition: KnownTable | None) -> tuple[str, ...]:
    """The parent's foreign keys that attaching a partition verifies."""
    keys = parent.foreign_keys if parent else ()
    return tuple(key.name for key in keys if key.parent and not _has_key(partition, key))


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
    known = costs.known(target.name)
    more = costs.major >= _PG_DETACH_LOCKS_MORE or _takes_triggers_off(known, costs)
    costs.lock(action.partition, STRONG if more else Lock.SHARE_UPDATE_EXCLUSIVE)
    for one in costs.family(action.partition)[1:]:
        costs.lock(one, STRONG)
    lock_default_partition(target.name, costs)
    for key in known.foreign_keys if known else ():
        if key.parent:
            costs.lock(key.parent, Lock.SHARE_ROW_EXCLUSIVE)
    for child in costs.history.referencing(costs.history.key(target.name)):
        costs.lock(child.name, STRONG)
        costs.scan(child.name)


def _takes_triggers_off(parent: KnownTable | None, costs: Costs) -> bool:
    """Whether a partition has triggers for its parent's sake; foreign keys are made of them."""
    if parent is None:
        return False
    referencing = next(costs.history.referencing(parent.name), None)
    return bool(parent.triggers or parent.foreign_keys or referencing)


@cost.register
def _split(action: a.SplitPartition, target: Target, costs: Costs) -> None:
    """As it was in the betas of 19: no server that was released knows it."""
    _replace_partitions((action.partition,), target, costs)


@cost.register
def _merge(action: a.MergePartitions, target: Target, costs: Costs) -> None:
    _replace_partitions(action.partitions, target, costs)


def _replace_partitions(names: tuple[TableName, ...], target: Target, costs: Costs) -> None:
    """Every row of the partitions is written anew, with their indexes, into others."""
    costs.lock(target.name, STRONG)
    lock_default_partition(target.name, costs)
    for name in names:
        costs.mention(name)
        costs.lock_family(name, STRONG)
        costs.rewrite(name)
