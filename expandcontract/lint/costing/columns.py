"""What ALTER TABLE costs when it adds, drops or changes columns."""

from expandcontract.lint import retyping
from expandcontract.lint.costing.actions import STRONG, Target, cost, verify, whole_family
from expandcontract.lint.effects import Costs
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.known import KnownTable
from expandcontract.lint.proofs import refuses_nulls
from expandcontract.lint.retyping import TEXTUAL, Retyping, Rewrite
from expandcontract.lint.volatility import Volatility, volatility
from expandcontract.model.kinds import ConstraintKind
from expandcontract.model.lock import Lock

_PG_VIRTUAL = 18
_PG_NOT_NULL_ROWS = 18


@cost.register
def _add_column(action: a.AddColumn, target: Target, costs: Costs) -> None:
    whole_family(target, costs)
    known = costs.known(target.name)
    if action.if_not_exists and known and known.find(action.column.name):
        return
    reason = add_column_rewrites(action, costs)
    if reason:
        for one in costs.family(target.name):
            costs.rewrite(one)
    elif reason is None:
        costs.unknown["rewrites"] = None
    _inline_constraints(action, target, costs)


def _inline_constraints(action: a.AddColumn, target: Target, costs: Costs) -> None:
    if any(check.enforced for check in action.column.checks):
        for one in costs.family(target.name):
            costs.scan(one)
    if action.column.uniques:
        costs.build(target.name)
    for key in action.column.references:
        costs.lock_family(key.parent, Lock.SHARE_ROW_EXCLUSIVE)
        if not key.enforced:
            continue
        if _has_default(action):
            verify(target.name, key.parent, costs)
        elif action.column.default is not None:
            costs.scan(target.name)  # DEFAULT NULL: there is nothing to look up


def _has_default(action: a.AddColumn) -> bool:
    default = action.column.default
    return default is not None and default.words != ("NULL",)


def add_column_rewrites(  # noqa: PLR0911  (one return for each reason)
    action: a.AddColumn, costs: Costs
) -> str | None:
    """Why adding this column writes every row: the empty text if it does not, None if unknown."""
    column = action.column
    kind = column.type
    if kind is not None and kind.serial:
        return f"{kind.base} with a sequence calls nextval() for every row"
    if column.identity:
        return "an identity column calls nextval() for every row"
    if column.generated is not None and (column.stored or _stored_by_default(action, costs)):
        return "a stored generated column is computed for every row"
    if kind is not None and retyping.constrained(kind, costs.history):
        return f"every value is checked against the domain {kind}"
    if column.default is None:
        return ""
    found = volatility(column.default, costs.history.routines)
    if found is Volatility.VOLATILE:
        return f"the volatile default {column.default.text} is computed for every row"
    return None if found is Volatility.UNKNOWN else ""


def _stored_by_default(action: a.AddColumn, costs: Costs) -> bool:
    return action.column.stored is None and costs.major < _PG_VIRTUAL


@cost.register
def _drop_column(action: a.DropColumn, target: Target, costs: Costs) -> None:
    whole_family(target, costs)
    for child in costs.history.children(target.name):
        costs.lock(child.name, STRONG)  # with ONLY they get the column as their own
    known = costs.known(target.name)
    for key in known.foreign_keys if known else ():
        if action.column in key.columns and key.parent:
            costs.lock(key.parent, STRONG)
    if action.cascade and known:
        _lock_dependents(known, action.column, costs)


def _lock_dependents(known: KnownTable, column: str, costs: Costs) -> None:
    for other in costs.history.dependents(known.name):
        if (known.name, column) in other.reads:
            costs.lock(other.name, STRONG)
    for child in costs.history.referencing(known.name):
        if any(k.parent == known.name and column in k.parent_columns for k in child.foreign_keys):
            costs.lock(child.name, STRONG)


@cost.register
def _brief_family(
    action: a.RenameColumn | a.SetDefault | a.DropDefault | a.SetStorage | a.DropExpression,  # noqa: ARG001
    target: Target,
    costs: Costs,
) -> None:
    whole_family(target, costs)


@cost.register
def _drop_not_null(action: a.DropNotNull, target: Target, costs: Costs) -> None:
    known = costs.known(target.name)
    column = known.find(action.column) if known else None
    if costs.major >= _PG_NOT_NULL_ROWS and column is not None and not column.not_null:
        costs.lock(target.name, STRONG)  # there is no constraint to drop
    else:
        whole_family(target, costs)


@cost.register
def _set_not_null(action: a.SetNotNull, target: Target, costs: Costs) -> None:
    whole_family(target, costs)
    for one in [target.name] if target.only else costs.family(target.name):
        known = costs.known(one)
        if known is None or not refuses_nulls(known, action.column, target.dropped):
            costs.scan(one)


@cost.register
def _set_type(action: a.SetType, target: Target, costs: Costs) -> None:
    whole_family(target, costs)
    known = costs.known(target.name)
    column = known.find(action.column) if known else None
    judged = retyping.judge(action, column.type if column else None, costs.history, costs.timezone)
    if judged.rewrite is Rewrite.YES:
        for one in costs.family(target.name):
            costs.rewrite(one)
    elif judged.rewrite is Rewrite.UNKNOWN:
        costs.unknown["rewrites"] = None
    if known is None or column is None:
        return
    if judged.rewrite is not Rewrite.YES:
        _kept_rows(action, known, judged.rewrite, costs)
    _other_ends(action.column, known, costs, verified=not _compares_alike(judged))


def _compares_alike(judged: Retyping) -> bool:
    """Whether a foreign key on the column compares as before, so that it need not be verified."""
    if judged.rewrite is Rewrite.YES or judged.old is None:
        return False
    return judged.old.base == judged.new.base or {judged.old.base, judged.new.base} <= TEXTUAL


def _kept_rows(action: a.SetType, known: KnownTable, rewrite: Rewrite, costs: Costs) -> None:
    """The rows stay, but checks are looked at again and some indexes are built anew."""
    if rescanned_checks(known, action.column):
        costs.scan(known.name)
    if rebuilt_indexes(known, action, every=rewrite is Rewrite.INDEXES):
        costs.build(known.name)


def rescanned_checks(known: KnownTable, column: str) -> tuple[str, ...]:
    """Checks that are verified again because they read the column."""
    return tuple(
        item.name
        for item in known.constraints
        if item.kind is ConstraintKind.CHECK and column in item.columns and item.enforced
    )


def rebuilt_indexes(known: KnownTable, action: a.SetType, *, every: bool) -> tuple[str, ...]:
    """Indexes that are built anew although the rows stay."""
    column = known.find(action.column)
    collates = column is not None and action.collation != column.collation
    return tuple(
        index.name
        for index in known.indexes
        if action.column in index.expression_names()
        or ((every or collates) and action.column in index.columns)
    )


def _other_ends(column: str, known: KnownTable, costs: Costs, *, verified: bool) -> None:
    """A key's other table is locked too, and the foreign key may be verified again."""
    for key in known.foreign_keys:
        if column in key.columns and key.parent:
            costs.lock(key.parent, STRONG)
            if verified:
                verify(known.name, key.parent, costs)
    for child in costs.history.referencing(known.name):
        for key in child.foreign_keys:
            if key.parent == known.name and column in key.parent_columns:
                costs.lock(child.name, STRONG)
                if verified:
                    verify(child.name, known.name, costs)


@cost.register
def _set_expression(action: a.SetExpression, target: Target, costs: Costs) -> None:
    whole_family(target, costs)
    known = costs.known(target.name)
    column = known.find(action.column) if known else None
    virtual = column is not None and column.generated is not None and not column.stored
    if virtual and costs.major >= _PG_VIRTUAL:
        return
    for one in costs.family(target.name):
        costs.rewrite(one)
