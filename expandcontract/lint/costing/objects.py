"""What statements on views, types, triggers, grants and rows cost."""

from expandcontract.lint.costing.actions import (
    STRONG,
)
from expandcontract.lint.costing.dispatch import add_costs
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.model.lock import Lock

_PG_GRANT_LOCKS = 18


@add_costs.register
def _comment(node: m.Comment, costs: Costs) -> None:
    if node.name is not None:
        costs.mention(node.name)
        costs.lock(node.name, Lock.SHARE_UPDATE_EXCLUSIVE)


@add_costs.register
def _create_view(node: o.CreateView, costs: Costs) -> None:
    for name in node.reads:
        costs.mention(name)
        costs.lock(name, Lock.ACCESS_SHARE)
    if node.replace and costs.known(node.name):
        costs.mention(node.name)
        costs.lock(node.name, STRONG)


@add_costs.register
def _create_trigger(node: o.CreateTrigger, costs: Costs) -> None:
    costs.mention(node.table)
    costs.lock_family(node.table, Lock.SHARE_ROW_EXCLUSIVE)


@add_costs.register(o.CreateRule)
@add_costs.register(o.Policy)
@add_costs.register(o.AlterOwned)
def _on_table(node: o.CreateRule | o.Policy | o.AlterOwned, costs: Costs) -> None:
    costs.mention(node.table)
    costs.lock(node.table, STRONG)


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
    if (node.verb, node.kind) in _NEVER_IN_TRANSACTION:
        costs.transactional = False
    for name in node.tables:
        costs.mention(name)
        costs.lock(name, Lock.SHARE_UPDATE_EXCLUSIVE)


@add_costs.register
def _query(node: q.Query, costs: Costs) -> None:
    for name in node.reads:
        costs.mention(name)
        costs.lock(name, Lock.ROW_SHARE if node.for_update else Lock.ACCESS_SHARE)
    for name in node.writes:
        costs.mention(name)
        costs.lock(name, Lock.ROW_EXCLUSIVE)
    costs.unknown["scans"] = None  # the planner decides


@add_costs.register
def _write(node: q.Write, costs: Costs) -> None:
    costs.mention(node.table)
    costs.lock(node.table, Lock.ROW_EXCLUSIVE)
    for name in node.reads:
        costs.mention(name)
        costs.lock(name, Lock.ACCESS_SHARE)
    if node.verb in {"UPDATE", "DELETE"} and node.where is None:
        costs.scan(node.table)
    else:
        costs.unknown["scans"] = None  # the planner decides


@add_costs.register
def _copy(node: q.Copy, costs: Costs) -> None:
    if node.table is not None:
        costs.mention(node.table)
        costs.lock(node.table, Lock.ACCESS_SHARE if node.to else Lock.ROW_EXCLUSIVE)
