"""What statements on views, types, triggers, grants and rows cost."""

from expandcontract.lint.costing.actions import STRONG, lock_read, run_query
from expandcontract.lint.costing.dispatch import add_costs
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms import transaction as t
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

_PG_RENAMES_COPIES = 15
_PG_GRANT_LOCKS = 18


@add_costs.register
def _comment(node: m.Comment, costs: Costs) -> None:
    if node.name is not None:
        costs.mention(node.name)
        owned = node.kind in m.OWNED
        costs.lock(node.name, Lock.ACCESS_SHARE if owned else Lock.SHARE_UPDATE_EXCLUSIVE)


@add_costs.register
def _create_view(node: o.CreateView, costs: Costs) -> None:
    for name in node.reads:
        costs.mention(name)
        if node.materialized and node.with_data:
            lock_read(name, Lock.ACCESS_SHARE, costs)
            costs.unknown["scans"] = None  # the planner decides
        else:
            costs.lock(name, Lock.ACCESS_SHARE)
    if node.replace and costs.known(node.name):
        costs.mention(node.name)
        costs.lock(node.name, STRONG)


@add_costs.register
def _create_trigger(node: o.CreateTrigger, costs: Costs) -> None:
    costs.mention(node.table)
    for one in costs.parts(node.table) if node.each_row else [node.table]:
        costs.lock(one, Lock.SHARE_ROW_EXCLUSIVE)
    if node.other is not None:
        costs.mention(node.other)
        costs.lock(node.other, Lock.ACCESS_SHARE)


@add_costs.register
def _on_table(node: o.CreateRule | o.Policy, costs: Costs) -> None:
    costs.mention(node.table)
    costs.lock(node.table, STRONG)
    for name in node.reads:
        costs.lock(name, Lock.ACCESS_SHARE)
    for name in node.writes if isinstance(node, o.CreateRule) else ():
        costs.lock(name, Lock.ROW_EXCLUSIVE)


@add_costs.register
def _create_routine(node: o.CreateRoutine, costs: Costs) -> None:
    for name in node.reads:
        costs.lock(name, Lock.ACCESS_SHARE)
    for name in node.writes:
        costs.lock(name, Lock.ROW_EXCLUSIVE)


@add_costs.register
def _alter_owned(node: o.AlterOwned, costs: Costs) -> None:
    costs.mention(node.table)
    if not node.renames:
        costs.lock(node.table, Lock.ACCESS_SHARE)
        return
    copies = node.kind == "TRIGGER" and costs.major >= _PG_RENAMES_COPIES
    for one in costs.parts(node.table) if copies else [node.table]:
        costs.lock(one, STRONG)


@add_costs.register
def _alter_sequence(node: o.AlterSequence, costs: Costs) -> None:
    if node.owner is not None:
        costs.mention(node.owner)
        costs.lock(node.owner, Lock.ACCESS_SHARE)


@add_costs.register
def _alter_type(node: o.AlterType, costs: Costs) -> None:
    if node.cascade:
        for what in ("locks", "rewrites", "scans"):
            costs.unknown[what] = None  # tables OF the type are not kept


@add_costs.register
def _reset(node: t.Reset, costs: Costs) -> None:
    costs.transactional = not node.discards


@add_costs.register
def _alter_domain(node: o.AlterDomain, costs: Costs) -> None:
    change = node.change.upper()
    scanning = change.startswith(("VALIDATE", "SET NOT NULL")) or (
        node.constraint is not None and not getattr(node.constraint, "not_valid", False)
    )
    if not scanning:
        return
    for table in costs.history.tables.values():
        if any(c.type is not None and c.type.base == node.name.name for c in table.columns):
            costs.lock(table.name, Lock.SHARE)
            costs.scan(table.name)
    if costs.history.type(node.name.name, node.name.schema) is None:
        costs.unknown["locks"] = None


@add_costs.register
def _grant(node: o.Grant, costs: Costs) -> None:
    if costs.major >= _PG_GRANT_LOCKS and node.kind == "TABLE":
        for name in node.tables:
            costs.mention(name)
            costs.lock(name, Lock.ACCESS_SHARE)


_NEVER_IN_TRANSACTION = frozenset(
    {("CREATE", "DATABASE"), ("CREATE", "TABLESPACE"), ("ALTER", "SYSTEM")}
)


@add_costs.register
def _other(node: o.Other, costs: Costs) -> None:
    costs.transactional = not _stands_alone(node)
    if node.words[:3] == ("ALL", "IN", "TABLESPACE"):
        for what in ("locks", "rewrites", "index_builds"):
            costs.unknown[what] = None  # which relations stand there is not kept
    for name in node.tables:
        costs.mention(name)
        owner = node.kind == "SEQUENCE"
        costs.lock(name, Lock.ACCESS_SHARE if owner else Lock.SHARE_UPDATE_EXCLUSIVE)
    if (node.verb, node.kind) == ("ALTER", "PUBLICATION") and "TABLE" in node.words:
        leaving = costs.history.published if node.words[1:3] == ("SET", "TABLE") else ()
        for name in sorted(leaving, key=str):  # a set has another order in every process
            costs.lock(name, Lock.SHARE_UPDATE_EXCLUSIVE)


def _stands_alone(node: o.Other) -> bool:
    """Whether no transaction may hold it."""
    said = " ".join(node.words)
    if node.kind == "SUBSCRIPTION" and node.verb == "CREATE":
        return "CONNECT = FALSE" not in said and "CREATE_SLOT = FALSE" not in said
    moves = (node.verb, node.kind) == ("ALTER", "DATABASE") and "SET TABLESPACE" in said
    return moves or (node.verb, node.kind) in _NEVER_IN_TRANSACTION


@add_costs.register
def _query(node: q.Query, costs: Costs) -> None:
    where = bool(node.reads) and "WHERE" in node.expression.words
    for name in node.reads:
        costs.mention(name)
        lock_read(name, Lock.ROW_SHARE if node.for_update else Lock.ACCESS_SHARE, costs)
        _may_be_pruned(name, costs, where=where)
    for name in node.writes:
        costs.mention(name)
        costs.lock(name, Lock.ROW_EXCLUSIVE)
    costs.unknown["scans"] = None  # the planner decides


def _may_be_pruned(name: TableName, costs: Costs, *, where: bool) -> None:
    if where and costs.is_partitioned(name):
        costs.unknown["locks"] = None


@add_costs.register
def _write(node: q.Write, costs: Costs) -> None:
    costs.mention(node.table)
    down = node.verb != "INSERT" and not node.only
    names = costs.family(node.table) if down else [node.table]
    for one in names:
        costs.lock(one, Lock.ROW_EXCLUSIVE)
    _may_be_pruned(node.table, costs, where=node.where is not None or node.verb == "INSERT")
    for name in node.reads:
        costs.mention(name)
        lock_read(name, Lock.ACCESS_SHARE, costs)
    known = costs.known(node.table)
    for key in known.foreign_keys if known and node.verb == "INSERT" else ():
        if key.parent and (not node.columns or set(key.columns) & set(node.columns)):
            costs.lock(key.parent, Lock.ROW_SHARE)  # the row it points at is locked
    if node.verb in {"UPDATE", "DELETE"} and node.where is None:
        for one in names:
            costs.scan(one)
    else:
        costs.unknown["scans"] = None  # the planner decides


@add_costs.register
def _copy(node: q.Copy, costs: Costs) -> None:
    if node.table is not None:
        costs.mention(node.table)
        costs.lock(node.table, Lock.ACCESS_SHARE if node.to else Lock.ROW_EXCLUSIVE)
    run_query(node.reads, node.writes, costs)
