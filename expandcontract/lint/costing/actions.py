"""What the plain actions of ALTER TABLE cost, and what all of them share."""

from collections.abc import Iterable

from expandcontract.lint.dispatch import Dispatch
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Constraint
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.value import value

STRONG = Lock.ACCESS_EXCLUSIVE


@value
class Target:
    """The table that the actions are about, and what the statement takes away from it first."""

    name: TableName
    only: bool = False
    dropped: frozenset[str] = frozenset()
    added: tuple[Constraint, ...] = ()

    def find_added(self, name: str) -> Constraint | None:
        """The constraint of that name that the statement adds."""
        return next((item for item in self.added if item.name == name), None)


@Dispatch
def cost(action: object, target: Target, costs: Costs) -> None:  # noqa: ARG001
    """Add the costs of an action; the plain ones take ACCESS EXCLUSIVE for a moment."""
    costs.lock(target.name, STRONG)


def whole_family(target: Target, costs: Costs, mode: Lock = STRONG) -> None:
    """Lock the table, and what inherits from it unless the statement says ONLY."""
    if target.only:
        costs.lock(target.name, mode)
    else:
        costs.lock_family(target.name, mode)


def lock_read(name: TableName, mode: Lock, costs: Costs) -> None:
    """Lock what a query names: a table and what inherits from it, a view and what it reads."""
    costs.lock_family(name, mode)
    known = costs.known(name)
    if known is not None and not known.materialized:
        for table in dict(known.reads):
            lock_read(table, mode, costs)


def run_query(reads: Iterable[TableName], writes: Iterable[TableName], costs: Costs) -> None:
    """Run a query that another statement holds."""
    for name in reads:
        costs.mention(name)
        lock_read(name, Lock.ACCESS_SHARE, costs)
        costs.unknown["scans"] = None  # the planner decides
    for name in writes:
        costs.mention(name)
        costs.lock(name, Lock.ROW_EXCLUSIVE)


def verify(child: TableName, parent: TableName, costs: Costs) -> None:
    """Look every row of the child up in its parent."""
    costs.scan(child)
    costs.scan(parent)


def lock_default_partition(parent: TableName, costs: Costs) -> None:
    """The default partition is locked whenever the set of partitions changes."""
    for child in costs.history.children(parent):
        if child.default_partition:
            costs.lock(child.name, STRONG)


@cost.register
def _set_statistics(action: a.SetStatistics, target: Target, costs: Costs) -> None:  # noqa: ARG001
    whole_family(target, costs, Lock.SHARE_UPDATE_EXCLUSIVE)


@cost.register
def _shared_update(
    action: a.SetColumnOptions | a.ClusterOn,  # noqa: ARG001
    target: Target,
    costs: Costs,
) -> None:
    costs.lock(target.name, Lock.SHARE_UPDATE_EXCLUSIVE)


_STRONG_PARAMETERS = frozenset({"user_catalog_table", "security_barrier", "check_option"})


@cost.register
def _set_parameters(action: a.SetParameters, target: Target, costs: Costs) -> None:
    names = {name for name, _ in action.parameters}
    strong = not names or names & _STRONG_PARAMETERS  # without a name it is WITHOUT OIDS
    costs.lock(target.name, STRONG if strong else Lock.SHARE_UPDATE_EXCLUSIVE)


@cost.register
def _set_logged(action: a.SetLogged, target: Target, costs: Costs) -> None:
    costs.lock(target.name, STRONG)
    known = costs.known(target.name)
    if known is None or known.guessed or known.unlogged is action.logged:
        costs.rewrite(target.name)


@cost.register
def _set_access_method(action: a.SetAccessMethod, target: Target, costs: Costs) -> None:
    costs.lock(target.name, STRONG)
    if not _is_default(action.method == "heap", target, costs):
        costs.rewrite(target.name)


@cost.register
def _set_tablespace(action: a.SetTablespace, target: Target, costs: Costs) -> None:
    costs.lock(target.name, STRONG)
    if not _is_default(action.tablespace == "pg_default", target, costs):
        costs.copy_file(target.name)


def _is_default(said: bool, target: Target, costs: Costs) -> bool:  # noqa: FBT001
    """Whether a table is already as it is told to be, since nobody saw it made otherwise."""
    known = costs.known(target.name)
    return said and known is not None and not known.guessed


@cost.register
def _toggle_trigger(action: a.ToggleTrigger, target: Target, costs: Costs) -> None:
    """Triggers of a partitioned table have copies on its partitions."""
    known = costs.known(target.name)
    copied = known is not None and (
        action.trigger in known.triggers or (action.trigger in {"all", "user"} and known.triggers)
    )
    names = costs.family(target.name) if copied and not target.only else [target.name]
    for one in names:
        costs.lock(one, Lock.SHARE_ROW_EXCLUSIVE)


@cost.register
def _inherit(action: a.Inherit, target: Target, costs: Costs) -> None:
    costs.lock(target.name, STRONG)
    costs.lock(action.parent, Lock.SHARE_UPDATE_EXCLUSIVE if action.add else Lock.ACCESS_SHARE)
