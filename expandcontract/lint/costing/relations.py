"""What statements on whole relations cost: drops, truncation, locks, maintenance."""

from expandcontract.lint.costing.actions import STRONG, lock_default_partition, lock_read
from expandcontract.lint.costing.dispatch import add_costs
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import maintenance as m
from expandcontract.lint.known import KnownTable
from expandcontract.model.kinds import TableKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

_PG_DROP_LOCKS_PARTITIONED_PARENT = 15
_PG_VACUUM_GOES_DOWN = 18
_PG_TRUNCATES_ALONE = 14
_RELATIONS = frozenset({"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"})


@add_costs.register
def _drop(node: m.Drop, costs: Costs) -> None:
    if node.on is not None:
        _drop_owned(node, node.on, costs)
    elif node.kind in {"DATABASE", "TABLESPACE"}:
        costs.transactional = False
    elif node.kind == "STATISTICS":
        costs.unknown["locks"] = None  # whose they are is not kept
    elif node.kind in _RELATIONS:
        _drop_relations(node, costs)
    elif node.cascade:
        _drop_with_columns(node, costs)


def _drop_owned(node: m.Drop, table: TableName, costs: Costs) -> None:
    costs.mention(table)
    known = costs.known(table)
    seen = known is not None and not known.guessed and node.kind == "TRIGGER"
    triggers = known.triggers if known else ()
    if seen and node.if_exists and node.names[0].name not in triggers:
        return  # the table is not even opened
    for one in costs.parts(table) if node.kind == "TRIGGER" else [table]:
        costs.lock(one, STRONG)


def _drop_relations(node: m.Drop, costs: Costs) -> None:
    for name in node.names:
        costs.mention(name)
    for name in node.names:
        costs.lock_family(name, STRONG)
        known = costs.known(name)
        if known is not None:
            _drop_known(known.name, costs, cascade=node.cascade)


def _drop_with_columns(node: m.Drop, costs: Costs) -> None:
    """What goes with a schema or a type."""
    names = {name.name for name in node.names}
    for known in tuple(costs.history.tables.values()):
        if node.kind == "SCHEMA" and known.name.schema in names:
            costs.lock(known.name, STRONG)
            _drop_known(known.name, costs, cascade=True)
        elif _has_column_of(known, names, node.kind):
            costs.lock_family(known.name, STRONG)
    if node.kind not in {"SCHEMA", "DOMAIN", "SEQUENCE"}:
        costs.unknown["locks"] = None  # of triggers, casts, tables OF the type nothing is known


def _has_column_of(known: KnownTable, names: set[str], kind: str) -> bool:
    """Whether a column's type, or the sequence of its default, is among the names."""
    if kind == "SEQUENCE":
        return any(column.sequence in names for column in known.columns)
    types = {column.type.base for column in known.columns if column.type is not None}
    return kind in {"TYPE", "DOMAIN"} and not types.isdisjoint(names)


def _drop_known(key: TableName, costs: Costs, *, cascade: bool) -> None:
    known = costs.history.tables[key]
    for constraint in known.foreign_keys:
        if constraint.parent:
            _lock_referenced(constraint.parent, costs)
    if known.parent is not None:
        costs.lock(known.parent, STRONG)
        lock_default_partition(known.parent, costs)
    if cascade:
        _lock_dependents(key, costs)


def _lock_referenced(parent: TableName, costs: Costs) -> None:
    known = costs.known(parent)
    partitioned = known is not None and known.kind is TableKind.PARTITIONED
    skipped = partitioned and costs.major < _PG_DROP_LOCKS_PARTITIONED_PARENT
    for one in costs.parts(parent)[1:] if skipped else costs.parts(parent):
        costs.lock(one, STRONG)


def _lock_dependents(key: TableName, costs: Costs) -> None:
    for other in costs.history.dependents(key):
        if any(name == key for name, _ in other.reads):
            costs.lock(other.name, STRONG)
            _lock_dependents(other.name, costs)
    for child in costs.history.referencing(key):
        costs.lock(child.name, STRONG)


@add_costs.register
def _truncate(node: m.Truncate, costs: Costs) -> None:
    for name in node.tables:
        costs.mention(name)
    only = {costs.history.key(name) for name in node.only}
    todo = [costs.history.key(name) for name in node.tables]
    done: set[TableName] = set()
    while todo:
        key = todo.pop()
        if key in done:
            continue
        done.add(key)
        for one in [key] if key in only else costs.family(key):
            costs.lock(one, STRONG)
            if not costs.is_partitioned(one):
                costs.replace_file(one)
                _read_bounds(one, costs)
        if node.cascade:
            todo.extend(child.name for child in costs.history.referencing(key))


def _read_bounds(partition: TableName, costs: Costs) -> None:
    """Truncating a partition looked at all its parents once."""
    known = costs.known(partition)
    while costs.major < _PG_TRUNCATES_ALONE and known is not None and known.parent is not None:
        costs.lock(known.parent, Lock.ACCESS_SHARE)
        known = costs.known(known.parent)


@add_costs.register
def _lock_table(node: m.LockTable, costs: Costs) -> None:
    mode = Lock[node.mode.replace(" ", "_")]
    for name in node.tables:
        costs.mention(name)
        if name in node.only:
            costs.lock(name, mode)
        else:
            lock_read(name, mode, costs)


@add_costs.register
def _cluster(node: m.Cluster, costs: Costs) -> None:
    if node.table is None:
        costs.transactional = False
        costs.unknown["rewrites"] = None
        return
    costs.mention(node.table)
    if node.concurrently or node.analyzes or costs.is_partitioned(node.table):
        costs.transactional = False
    for one in costs.parts(node.table):
        costs.lock(one, STRONG)
    costs.rewrite(node.table)


@add_costs.register
def _vacuum(node: m.Vacuum, costs: Costs) -> None:
    costs.transactional = node.analyze_only
    mode = STRONG if node.full else Lock.SHARE_UPDATE_EXCLUSIVE
    if not node.tables:
        costs.unknown["locks"] = None  # every table of the database, one after the other
    for name in node.tables:
        costs.mention(name)
        down = costs.is_partitioned(name) or costs.major >= _PG_VACUUM_GOES_DOWN
        costs.lock(name, mode)
        if name in node.only:
            continue
        for one in costs.family(name)[1:]:
            if down:
                costs.lock(one, mode)
            elif node.analyze_only:
                costs.lock(one, Lock.ACCESS_SHARE)
        if node.full:
            costs.rewrite(name)


@add_costs.register
def _refresh(node: m.Refresh, costs: Costs) -> None:
    costs.mention(node.view)
    costs.lock(node.view, Lock.EXCLUSIVE if node.concurrently else STRONG)
    known = costs.known(node.view)
    for table in dict(known.reads) if known and node.with_data else ():
        lock_read(table, Lock.ACCESS_SHARE, costs)
        costs.scan(table)
    if node.concurrently:
        costs.scan(node.view)
    else:
        costs.replace_file(node.view)
