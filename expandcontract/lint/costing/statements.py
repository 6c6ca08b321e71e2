"""What each statement costs; ALTER TABLE asks `actions` and its siblings for its parts."""

from expandcontract.lint.costing import columns, constraints, objects, partitions
from expandcontract.lint.costing.actions import (
    STRONG,
    Target,
    cost,
    lock_default_partition,
)
from expandcontract.lint.costing.dispatch import add_costs
from expandcontract.lint.effects import Costs, Effects
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms.index import CreateIndex, DropIndex, Reindex
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.knowledge import History
from expandcontract.lint.reading import Read
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

_PG_PARTITION_OF_LOCKS_CHILDREN = 15
FAMILIES = (columns, constraints, partitions, objects)  # their import is what registers them


def effects(read: Read, history: History, major: int, timezone: str | None = None) -> Effects:
    """The costs of one statement, in the light of the schema before it."""
    if read.node is None:
        return Effects(read=False)
    costs = Costs(history, major, timezone)
    for one in read.with_inside():
        if one.node is not None:
            add_costs(one.node, costs)
    return costs.total()


@add_costs.register
def _alter_table(node: a.AlterTable, costs: Costs) -> None:
    costs.mention(node.table)
    if node.kind == "INDEX":
        _alter_index(node, costs)
        return
    dropped = frozenset(x.constraint for x in node.actions if isinstance(x, a.DropConstraint))
    target = Target(node.table, node.only, dropped)
    for action in node.actions:
        for name in (getattr(action, "partition", None), getattr(action, "parent", None)):
            if isinstance(name, TableName):
                costs.mention(name)
        constraint = getattr(action, "constraint", None)
        if isinstance(parent := getattr(constraint, "parent", None), TableName):
            costs.mention(parent)
        cost(action, target, costs)


def _alter_index(node: a.AlterTable, costs: Costs) -> None:
    found = costs.history.index(node.table)
    for action in node.actions:
        match action:
            case a.AttachPartition():
                costs.lock(node.table, Lock.SHARE_UPDATE_EXCLUSIVE)
                costs.lock(action.partition, STRONG)
                for index in (node.table, action.partition):
                    if known := costs.history.index(index):
                        costs.lock(known[0].name, Lock.ACCESS_SHARE)
            case a.RenameTable() | a.SetParameters() | a.SetStatistics():
                costs.lock(node.table, Lock.SHARE_UPDATE_EXCLUSIVE)
            case a.SetTablespace():
                costs.lock(node.table, STRONG)
                costs.unknown["index_builds"] = None
            case a.DependsOn():
                pass
            case _:
                costs.lock(node.table, STRONG)
    del found


@add_costs.register
def _create_index(node: CreateIndex, costs: Costs) -> None:
    costs.mention(node.table)
    if node.concurrently:
        costs.transactional = False
    mode = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else Lock.SHARE
    if node.only:
        costs.lock(node.table, mode)
    else:
        costs.lock_family(node.table, mode)
    known = costs.known(node.table)
    if node.if_not_exists and known and node.name and known.index(node.name):
        return
    if not (node.only and known and known.kind.value == "partitioned"):
        costs.build(node.table)


@add_costs.register
def _drop_index(node: DropIndex, costs: Costs) -> None:
    mode = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else STRONG
    costs.transactional = not node.concurrently
    for name in node.names:
        costs.mention(name)
        if found := costs.history.index(name):
            costs.lock_family(found[0].name, mode)
        else:
            costs.unknown["locks"] = None
        if not (found and costs.history.is_fresh(found[0].name)):
            costs.lock(name, mode)


@add_costs.register
def _reindex(node: Reindex, costs: Costs) -> None:
    if node.kind not in {"INDEX", "TABLE"}:
        costs.transactional = False
        costs.unknown["locks"] = None
        return
    if node.concurrently:
        costs.transactional = False
    if node.name is None:
        return
    costs.mention(node.name)
    table_mode = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else Lock.SHARE
    index_mode = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else STRONG
    if node.kind == "TABLE":
        costs.lock(node.name, table_mode)
        known = costs.known(node.name)
        if known is None or not known.complete or known.indexes:
            costs.build(node.name)
        return
    costs.lock(node.name, index_mode)
    if found := costs.history.index(node.name):
        costs.lock(found[0].name, table_mode)
        costs.build(found[0].name)
    else:
        costs.unknown["locks"] = None


@add_costs.register
def _create_table(node: CreateTable, costs: Costs) -> None:
    for name in node.foreign_keys():
        costs.mention(name)
        if costs.history.key(name) != costs.history.key(node.name) and name != node.name:
            costs.lock_family(name, Lock.SHARE_ROW_EXCLUSIVE)
    for name in node.inherits:
        costs.mention(name)
        costs.lock(name, Lock.SHARE_UPDATE_EXCLUSIVE)
    for name in node.like:
        costs.mention(name)
        costs.lock(name, Lock.ACCESS_SHARE)
    for name in node.reads:
        costs.mention(name)
        costs.lock(name, Lock.ACCESS_SHARE)
    if node.parent is not None:
        _partition_of(node, node.parent, costs)


def _partition_of(node: CreateTable, parent: TableName, costs: Costs) -> None:
    costs.mention(parent)
    costs.lock(parent, STRONG)
    for child in costs.history.children(parent):
        if child.default_partition and not node.default_partition:
            costs.lock(child.name, STRONG)
            costs.scan(child.name)
    known = costs.known(parent)
    for key in known.foreign_keys if known else ():
        if key.parent:
            costs.lock(key.parent, Lock.SHARE_ROW_EXCLUSIVE)
    if costs.major >= _PG_PARTITION_OF_LOCKS_CHILDREN:
        for child in costs.history.referencing(costs.history.key(parent)):
            costs.lock(child.name, Lock.SHARE_ROW_EXCLUSIVE)


@add_costs.register
def _drop(node: m.Drop, costs: Costs) -> None:
    if node.on is not None:
        costs.mention(node.on)
        costs.lock(node.on, STRONG)
        return
    if node.kind not in {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"}:
        if node.kind in {"DATABASE", "TABLESPACE"}:
            costs.transactional = False
        return
    for name in node.names:
        costs.mention(name)
    for name in node.names:
        costs.lock_family(name, STRONG)
        known = costs.known(name)
        if known is not None:
            _drop_known(known.name, costs, cascade=node.cascade)


def _drop_known(key: TableName, costs: Costs, *, cascade: bool) -> None:
    known = costs.history.tables[key]
    for constraint in known.foreign_keys:
        if constraint.parent:
            costs.lock(constraint.parent, STRONG)
    if known.parent is not None:
        costs.lock(known.parent, STRONG)
        lock_default_partition(known.parent, costs)
    if cascade:
        _lock_dependents(key, costs)


def _lock_dependents(key: TableName, costs: Costs) -> None:
    for other in costs.history.tables.values():
        if any(name == key for name, _ in other.reads):
            costs.lock(other.name, STRONG)
    for child in costs.history.referencing(key):
        costs.lock(child.name, STRONG)


@add_costs.register
def _truncate(node: m.Truncate, costs: Costs) -> None:
    for name in node.tables:
        costs.mention(name)
    todo = [costs.history.key(name) for name in node.tables]
    done: set[TableName] = set()
    while todo:
        key = todo.pop()
        if key in done:
            continue
        done.add(key)
        costs.lock_family(key, STRONG)
        for one in costs.stored(key):
            costs.replace_file(one)
        if node.cascade:
            todo.extend(child.name for child in costs.history.referencing(key))


@add_costs.register
def _lock_table(node: m.LockTable, costs: Costs) -> None:
    mode = Lock[node.mode.replace(" ", "_")]
    for name in node.tables:
        costs.mention(name)
        costs.lock_family(name, mode)
        known = costs.known(name)
        for table, _ in known.reads if known else ():
            costs.lock(table, mode)


@add_costs.register
def _cluster(node: m.Cluster, costs: Costs) -> None:
    if node.table is None:
        costs.transactional = False
        costs.unknown["rewrites"] = None
        return
    costs.mention(node.table)
    costs.lock(node.table, STRONG)
    costs.rewrite(node.table)


@add_costs.register
def _vacuum(node: m.Vacuum, costs: Costs) -> None:
    costs.transactional = node.analyze_only
    for name in node.tables:
        costs.mention(name)
        costs.lock(name, STRONG if node.full else Lock.SHARE_UPDATE_EXCLUSIVE)
        if node.full:
            costs.rewrite(name)


@add_costs.register
def _refresh(node: m.Refresh, costs: Costs) -> None:
    costs.mention(node.view)
    costs.lock(node.view, Lock.EXCLUSIVE if node.concurrently else STRONG)
    known = costs.known(node.view)
    for table, _ in known.reads if known else ():
        costs.lock(table, Lock.ACCESS_SHARE)
        if node.with_data:
            costs.scan(table)
    if node.concurrently:
        costs.scan(node.view)
    else:
        costs.rewrite(node.view)
