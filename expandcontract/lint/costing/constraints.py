"""What ALTER TABLE costs when it adds, validates or drops constraints."""

from expandcontract.lint.costing.actions import STRONG, Target, cost, verify, whole_family
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import (
    Check,
    Constraint,
    Exclude,
    ForeignKey,
    NotNull,
    Unique,
)
from expandcontract.lint.known import KnownConstraint, KnownTable
from expandcontract.lint.proofs import refuses_nulls
from expandcontract.model.kinds import ConstraintKind, TableKind
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName

_PG_UNIQUE_LOCKS_MORE = 18
_PG_NO_INHERIT_LOCKS_MORE = 18
_PG_ALTERS_CHECKS = 19


@cost.register
def _add_constraint(action: a.AddConstraint, target: Target, costs: Costs) -> None:
    _constraint(action.constraint, target, costs)


def _constraint(constraint: Constraint, target: Target, costs: Costs) -> None:
    match constraint:
        case Check():
            _add_check(constraint, target, costs)
        case NotNull():
            _add_not_null(constraint, target, costs)
        case ForeignKey():
            costs.lock_family(target.name, Lock.SHARE_ROW_EXCLUSIVE)
            costs.lock_family(constraint.parent, Lock.SHARE_ROW_EXCLUSIVE)
            if not constraint.not_valid and constraint.enforced:
                verify(target.name, constraint.parent, costs)
        case Unique():
            _add_unique(constraint, target, costs)
        case Exclude():
            costs.lock(target.name, STRONG)
            costs.build(target.name)


def _add_not_null(constraint: NotNull, target: Target, costs: Costs) -> None:
    whole_family(target, costs)
    known = costs.known(target.name)
    proven = known is not None and refuses_nulls(known, constraint.column)
    if not constraint.not_valid and not proven:
        for one in costs.family(target.name):
            costs.scan(one)


def _add_check(constraint: Check, target: Target, costs: Costs) -> None:
    alone = target.only or (constraint.no_inherit and costs.major < _PG_NO_INHERIT_LOCKS_MORE)
    names = [target.name] if alone else costs.family(target.name)
    for one in names:
        costs.lock(one, STRONG)
    for one in [target.name] if constraint.no_inherit else names:
        if not constraint.not_valid and constraint.enforced:
            costs.scan(one)


def _add_unique(constraint: Unique, target: Target, costs: Costs) -> None:
    costs.lock(target.name, STRONG)
    known = costs.known(target.name)
    if target.only and known is not None and known.kind is TableKind.PARTITIONED:
        return  # empty until the partitions attach theirs
    if constraint.using_index is not None:
        index = known.index(constraint.using_index) if known else None
        columns = index.columns if index else ()
        if constraint.primary and (known is None or not _all_refuse(known, columns)):
            costs.scan(target.name) if index else costs.unknown.setdefault("scans")
        return
    if constraint.primary and (known is None or not _all_refuse(known, constraint.columns)):
        whole_family(target, costs)  # its columns become NOT NULL, here and below
        for one in costs.family(target.name):
            costs.scan(one)
    elif costs.major >= _PG_UNIQUE_LOCKS_MORE:
        whole_family(target, costs)
    else:
        for one in costs.parts(target.name)[1:]:
            costs.lock(one, Lock.SHARE)
    costs.build(target.name)


def _all_refuse(known: KnownTable, columns: tuple[str, ...]) -> bool:
    return bool(columns) and all(refuses_nulls(known, column) for column in columns)


@cost.register
def _validate(action: a.ValidateConstraint, target: Target, costs: Costs) -> None:
    known = costs.known(target.name)
    found = known.constraint(action.constraint) if known else None
    if found is None and (new := target.find_added(action.constraint)):
        _validate_added(new, target, costs)
        return
    if found is None or found.kind is not ConstraintKind.FOREIGN_KEY:
        whole_family(target, costs, Lock.SHARE_UPDATE_EXCLUSIVE)
    else:
        costs.lock(target.name, Lock.SHARE_UPDATE_EXCLUSIVE)
    if found is not None and found.valid:
        return
    if found is not None and found.parent is not None:
        costs.lock(found.parent, Lock.ROW_SHARE)
        costs.scan(found.parent)
        costs.scan(target.name)
    else:
        for one in costs.family(target.name):
            costs.scan(one)
    if found is None:
        costs.unknown["locks"] = None


def _validate_added(new: Constraint, target: Target, costs: Costs) -> None:
    """Validate what the same statement adds: under the locks of the adding."""
    if isinstance(new, ForeignKey):
        verify(target.name, new.parent, costs)
        return
    for one in costs.family(target.name):
        costs.scan(one)


@cost.register
def _alter_constraint(action: a.AlterConstraint, target: Target, costs: Costs) -> None:
    """Keys have copies on partitions; NOT NULL and, since 19, CHECK also on heirs."""
    known = costs.known(target.name)
    found = known.constraint(action.constraint) if known else None
    is_check = found is not None and found.kind is ConstraintKind.CHECK
    copied = costs.is_partitioned(target.name) or action.inherit is not None or is_check
    whole_family(target, costs) if copied else costs.lock(target.name, STRONG)
    if action.inherit:
        for heir in costs.family(target.name)[1:]:
            costs.scan(heir)
    if is_check and action.enforced and costs.major >= _PG_ALTERS_CHECKS:
        for one in costs.family(target.name):
            costs.scan(one)
    if found is None and action.enforced:
        costs.unknown["scans"] = None
    if found is None or found.parent is None or action.enforced is None:
        return
    if action.enforced:
        costs.lock_family(found.parent, Lock.SHARE_ROW_EXCLUSIVE)
        verify(target.name, found.parent, costs)
    else:
        costs.lock_family(found.parent, STRONG)


@cost.register
def _drop_constraint(action: a.DropConstraint, target: Target, costs: Costs) -> None:
    whole_family(target, costs)
    known = costs.known(target.name)
    found = known.constraint(action.constraint) if known else None
    if found is None:
        return
    if found.parent is not None:
        costs.lock_family(found.parent, STRONG)
    elif action.cascade:
        _lock_children_of_key(found, target.name, costs)


def _lock_children_of_key(found: KnownConstraint, name: TableName, costs: Costs) -> None:
    key = costs.history.key(name)
    for child in costs.history.referencing(key):
        keys = [k for k in child.foreign_keys if k.parent == key]
        if any(set(k.parent_columns) == set(found.columns) for k in keys):
            costs.lock(child.name, STRONG)
