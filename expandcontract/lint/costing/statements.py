"""What each statement costs; ALTER TABLE asks `actions` and its siblings for its parts."""

from expandcontract.lint.costing import (
    columns,
    constraints,
    indexes,
    objects,
    partitions,
    relations,
)
from expandcontract.lint.costing.actions import STRONG, Target, cost, run_query
from expandcontract.lint.costing.dispatch import add_costs
from expandcontract.lint.costing.indexes import alter_index
from expandcontract.lint.costing.partitions import lock_referencing, look_into_default
from expandcontract.lint.effects import Costs, Effects
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.knowledge import History
from expandcontract.lint.reading import Read
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

FAMILIES = (columns, constraints, indexes, partitions, objects, relations)
"""Their import is what registers them."""


def effects(read: Read, history: History, major: int, timezone: str | None = None) -> Effects:
    """The costs of one statement, in the light of the schema before it."""
    if read.node is None:
        return Effects(read=False)
    costs = Costs(history, major, timezone)
    for one in read.with_inside():
        if one.node is not None:
            add_costs(one.node, costs)
        for held in one.held:
            if not isinstance(one.node, q.Prepare):
                _write_held(held.node, costs)
            elif isinstance(held.node, q.Write):  # it is analyzed, and neither planned nor run
                costs.mention(held.node.table)
                costs.lock(held.node.table, Lock.ROW_EXCLUSIVE)
    return costs.total()


def _write_held(node: object, costs: Costs) -> None:
    """What a WITH holds locks all that it may write, and reads it where no condition says which."""
    if not isinstance(node, q.Write) or node.verb == "INSERT":
        return
    names = [node.table] if node.only else costs.family(node.table)
    for name in names:
        costs.lock(name, Lock.ROW_EXCLUSIVE)
        if node.where is None and node.verb != "MERGE":
            costs.scan(name)
    if node.where is not None and costs.is_partitioned(node.table):
        costs.unknown["locks"] = None  # some may be pruned


@add_costs.register
def _alter_table(node: a.AlterTable, costs: Costs) -> None:
    costs.mention(node.table)
    if node.kind == "INDEX":
        alter_index(node, costs)
        return
    dropped = frozenset(x.constraint for x in node.actions if isinstance(x, a.DropConstraint))
    added = tuple(x.constraint for x in node.actions if isinstance(x, a.AddConstraint))
    target = Target(node.table, node.only, dropped, added)
    for action in node.actions:
        for name in (getattr(action, "partition", None), getattr(action, "parent", None)):
            if isinstance(name, TableName):
                costs.mention(name)
        constraint = getattr(action, "constraint", None)
        if isinstance(parent := getattr(constraint, "parent", None), TableName):
            costs.mention(parent)
        cost(action, target, costs)


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
    run_query(node.reads, node.writes, costs)
    if node.parent is not None:
        _partition_of(node, node.parent, costs)


def _partition_of(node: CreateTable, parent: TableName, costs: Costs) -> None:
    costs.mention(parent)
    costs.lock(parent, STRONG)
    if not node.default_partition:
        look_into_default(parent, costs)
    known = costs.known(parent)
    for key in known.foreign_keys if known else ():
        if key.parent:
            costs.lock(key.parent, Lock.SHARE_ROW_EXCLUSIVE)
    lock_referencing(parent, costs)
