"""What statements on indexes cost."""

from expandcontract.lint.costing.actions import STRONG
from expandcontract.lint.costing.dispatch import add_costs
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.index import CreateIndex, DropIndex, Reindex
from expandcontract.lint.known import KnownIndex, KnownTable
from expandcontract.model.kinds import TableKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

_PG_REINDEXES_PARTITIONED = 14


def alter_index(node: a.AlterTable, costs: Costs) -> None:
    """Add the costs of ALTER INDEX."""
    found = costs.history.index(node.table)
    for action in node.actions:
        match action:
            case a.AttachPartition():
                _attach(node.table, action.partition, costs)
            case a.RenameTable() | a.SetParameters() | a.SetStatistics():
                costs.lock(node.table, Lock.SHARE_UPDATE_EXCLUSIVE)
            case a.SetTablespace():
                costs.lock(node.table, STRONG)
                if action.tablespace != "pg_default" and found:
                    costs.copy_index(found[0].name)
                elif not found:
                    costs.unknown["index_builds"] = None
            case _:
                costs.lock(node.table, STRONG)


def _attach(parent: TableName, partition: TableName, costs: Costs) -> None:
    costs.lock(parent, Lock.SHARE_UPDATE_EXCLUSIVE)
    costs.lock(partition, STRONG)
    for index in (parent, partition):
        if known := costs.history.index(index):
            costs.lock(known[0].name, Lock.ACCESS_SHARE)


@add_costs.register
def _create_index(node: CreateIndex, costs: Costs) -> None:
    costs.mention(node.table)
    if node.concurrently:
        costs.transactional = False
    mode = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else Lock.SHARE
    for one in [node.table] if node.only else costs.parts(node.table):
        costs.lock(one, mode)
    known = costs.known(node.table)
    if node.if_not_exists and known and node.name and known.index(node.name):
        return
    _build(node, known, costs)


def _build(node: CreateIndex, known: KnownTable | None, costs: Costs) -> None:
    if node.only and (known is None or known.guessed):
        costs.unknown["index_builds"] = None  # a partitioned table has none built
    elif known is None or known.kind is not TableKind.PARTITIONED:
        costs.build(node.table)
    elif not node.only:
        for one in costs.stored(node.table):
            if not _has_spare(costs.known(one), known, node):
                costs.build(one)


def _has_spare(partition: KnownTable | None, parent: KnownTable, node: CreateIndex) -> bool:
    """Whether the partition has such an index that is not attached yet: it is taken as it is."""
    if partition is None:
        return False
    same = sum(_is_same(index, node) for index in partition.indexes)
    return same > sum(_is_same(index, node) for index in parent.indexes if not index.only)


def _is_same(index: KnownIndex, node: CreateIndex) -> bool:
    keys = [(key.column, key.expression and key.expression.words) for key in index.keys]
    wanted = [(key.column, key.expression and key.expression.words) for key in node.keys]
    where = index.where and index.where.words
    return (
        keys == wanted
        and where == (node.where and node.where.words)
        and (index.unique, index.method) == (node.unique, node.method)
        and index.include == node.include
    )


@add_costs.register
def _drop_index(node: DropIndex, costs: Costs) -> None:
    mode = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else STRONG
    costs.transactional = not node.concurrently
    for name in node.names:
        costs.mention(name)
        if found := costs.history.index(name):
            for one in costs.parts(found[0].name):
                costs.lock(one, mode)
        else:
            costs.unknown["locks"] = None
        if not (found and costs.history.is_fresh(found[0].name)):
            costs.lock(name, mode)


@add_costs.register
def _reindex(node: Reindex, costs: Costs) -> None:
    mode = Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else Lock.SHARE
    costs.transactional = not node.concurrently and node.kind in {"INDEX", "TABLE"}
    if node.name is not None and node.kind in {"INDEX", "TABLE"}:
        costs.mention(node.name)
    if node.kind == "TABLE" and node.name is not None:
        _reindex_table(node.name, mode, costs)
    elif node.kind == "INDEX" and node.name is not None:
        costs.lock(node.name, Lock.SHARE_UPDATE_EXCLUSIVE if node.concurrently else STRONG)
        if found := costs.history.index(node.name):
            _reindex_table(found[0].name, mode, costs)
        else:
            costs.unknown["locks"] = None
    else:
        costs.unknown["locks"] = None
        for known in costs.history.tables.values():
            in_it = node.kind == "DATABASE" or (node.name and known.name.schema == node.name.name)
            if in_it and known.kind is not TableKind.VIEW:
                _reindex_table(known.name, mode, costs)


def _reindex_table(name: TableName, mode: Lock, costs: Costs) -> None:
    costs.lock(name, mode)
    known = costs.known(name)
    if known is not None and known.kind is TableKind.PARTITIONED:
        if costs.major < _PG_REINDEXES_PARTITIONED:
            return  # it warns, and skips them all
        costs.transactional = False
        for one in costs.parts(name)[1:]:
            costs.lock(one, Lock.SHARE)  # CONCURRENTLY finds them under this lock, too
    for one in costs.stored(name):
        part = costs.known(one)
        if part is None or not part.complete or part.indexes:
            costs.build(one)
