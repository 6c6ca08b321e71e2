"""Applies one action of ALTER TABLE to what is known of the table."""

from expandcontract.lint import spelling
from expandcontract.lint.building import add_column, add_constraint, with_partition_copies
from expandcontract.lint.dispatch import Dispatch
from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms.constraint import Check, NotNull
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownConstraint, KnownIndex, KnownTable
from expandcontract.model.kinds import ConstraintKind
from expandcontract.model.names import TableName
from expandcontract.model.value import replace


@Dispatch
def apply_action(action: object, table: KnownTable, history: History) -> None:
    """Take the effect of an action; those without a function change nothing that is kept."""


def _family(table: KnownTable, history: History) -> list[KnownTable]:
    """The table and everything that inherits its columns."""
    return [table, *history.descendants(table.name)]


@apply_action.register
def _add_column(action: a.AddColumn, table: KnownTable, history: History) -> None:
    for one in _family(table, history):
        if one.find(action.column.name) is None:
            history.put(add_column(one, action.column, history))


@apply_action.register
def _drop_column(action: a.DropColumn, table: KnownTable, history: History) -> None:
    for one in _family(table, history):
        history.put(_without_column(one, action.column))
    if action.cascade:
        for view in history.dependents(table.name):
            if (table.name, action.column) in view.reads:
                history.forget(view.name)


def _without_column(table: KnownTable, column: str) -> KnownTable:
    """PostgreSQL drops every index and constraint that names the column, several columns or not."""
    constraints = tuple(c for c in table.constraints if column not in c.columns)
    indexes = tuple(i for i in table.indexes if not _reads(i, column))
    return replace(
        table,
        columns=tuple(c for c in table.columns if c.name != column),
        constraints=constraints,
        indexes=indexes,
    )


def _reads(index: KnownIndex, column: str) -> bool:
    return column in {*index.columns, *index.include, *index.expression_names()}


@apply_action.register
def _rename_column(action: a.RenameColumn, table: KnownTable, history: History) -> None:
    for one in _family(table, history):
        history.put(_renamed(one, action.column, action.to))
    for other in history.dependents(table.name):
        if (table.name, action.column) in other.reads:
            reads = tuple(
                (t, action.to if (t, c) == (table.name, action.column) else c)
                for t, c in other.reads
            )
            history.put(replace(other, reads=reads))


def _renamed(table: KnownTable, old: str, new: str) -> KnownTable:
    def name(column: str) -> str:
        return new if column == old else column

    return replace(
        table,
        columns=tuple(replace(c, name=name(c.name)) for c in table.columns),
        constraints=tuple(_constraint_renamed(c, old, new) for c in table.constraints),
        indexes=tuple(
            replace(
                index,
                keys=tuple(
                    replace(key, column=name(key.column)) if key.column else key
                    for key in index.keys
                ),
                include=tuple(name(c) for c in index.include),
            )
            for index in table.indexes
        ),
    )


def _constraint_renamed(constraint: KnownConstraint, old: str, new: str) -> KnownConstraint:
    if old not in constraint.columns:
        return constraint
    columns = tuple(new if c == old else c for c in constraint.columns)
    text = constraint.definition
    if constraint.kind is ConstraintKind.NOT_NULL:
        text = f"NOT NULL {spelling.ident(new)}"
    elif constraint.kind is not ConstraintKind.CHECK:
        before, after = spelling.listed(constraint.columns), spelling.listed(columns)
        text = text.replace(before, after, 1)
    else:
        text = text.replace(spelling.ident(old), spelling.ident(new))
    return replace(constraint, columns=columns, definition=text)


def _change_column(history: History, table: KnownTable, column: str, **changes: object) -> None:
    for one in _family(table, history):
        if known := one.find(column):
            history.put(one.with_column(replace(known, **changes)))


@apply_action.register
def _set_type(action: a.SetType, table: KnownTable, history: History) -> None:
    known = table.find(action.column)
    text = known.default_text if known else None
    if known and known.default is not None:
        text = spelling.default(known.default, action.type)
    _change_column(
        history,
        table,
        action.column,
        type=action.type,
        collation=action.collation,
        default_text=text,
    )


@apply_action.register
def _set_default(action: a.SetDefault, table: KnownTable, history: History) -> None:
    known = table.find(action.column)
    text = spelling.default(action.default, known.type if known else None)
    _change_column(history, table, action.column, default=action.default, default_text=text)


@apply_action.register
def _drop_default(action: a.DropDefault, table: KnownTable, history: History) -> None:
    _change_column(history, table, action.column, default=None, default_text=None)


@apply_action.register
def _set_not_null(action: a.SetNotNull, table: KnownTable, history: History) -> None:
    _change_column(history, table, action.column, not_null=True)


@apply_action.register
def _drop_not_null(action: a.DropNotNull, table: KnownTable, history: History) -> None:
    _change_column(history, table, action.column, not_null=False)


@apply_action.register
def _add_identity(action: a.AddIdentity, table: KnownTable, history: History) -> None:
    kind = "always" if action.always else "by default"
    _change_column(history, table, action.column, identity=kind, not_null=True)


@apply_action.register
def _drop_identity(action: a.DropIdentity, table: KnownTable, history: History) -> None:
    _change_column(history, table, action.column, identity="", sequence=None)


@apply_action.register
def _alter_identity(action: a.AlterIdentity, table: KnownTable, history: History) -> None:
    if action.always is not None:
        kind = "always" if action.always else "by default"
        _change_column(history, table, action.column, identity=kind)


@apply_action.register
def _set_expression(action: a.SetExpression, table: KnownTable, history: History) -> None:
    _change_column(history, table, action.column, generated=action.expression)


@apply_action.register
def _drop_expression(action: a.DropExpression, table: KnownTable, history: History) -> None:
    _change_column(history, table, action.column, generated=None, stored=False)


@apply_action.register
def _add_constraint(action: a.AddConstraint, table: KnownTable, history: History) -> None:
    made = add_constraint(table, action.constraint, history)
    history.put(made)
    if isinstance(action.constraint, Check | NotNull):
        for child in tuple(history.descendants(table.name)):
            named = replace(action.constraint, name=made.constraints[-1].name)
            history.put(add_constraint(child, named, history))
    else:
        copy_to_partitions(made, history)


def copy_to_partitions(table: KnownTable, history: History) -> None:
    """Give every partition the keys and indexes that its table has by now."""
    for child in tuple(history.children(table.name)):
        if child.parent == table.name:
            copied = with_partition_copies(child, history.tables[table.name], history)
            history.put(copied)
            copy_to_partitions(copied, history)


@apply_action.register
def _validate(action: a.ValidateConstraint, table: KnownTable, history: History) -> None:
    found = table.constraint(action.constraint)
    if found is None:
        return
    definition = found.definition.removesuffix(" NOT VALID")
    changed = replace(found, valid=True, definition=definition)
    constraints = tuple(changed if c is found else c for c in table.constraints)
    table = replace(table, constraints=constraints)
    column = table.find(found.columns[0]) if found.kind is ConstraintKind.NOT_NULL else None
    history.put(table.with_column(replace(column, not_null=True)) if column else table)


@apply_action.register
def _alter_constraint(action: a.AlterConstraint, table: KnownTable, history: History) -> None:
    found = table.constraint(action.constraint)
    if found is not None and action.enforced is not None:
        changed = replace(found, enforced=action.enforced, valid=action.enforced)
        constraints = tuple(changed if c is found else c for c in table.constraints)
        history.put(replace(table, constraints=constraints))


@apply_action.register
def _drop_constraint(action: a.DropConstraint, table: KnownTable, history: History) -> None:
    found = table.constraint(action.constraint)
    if found is None:
        if not action.if_exists and table.complete:
            history.uncertain.add(table.name)
        return
    constraints = tuple(c for c in table.constraints if c is not found)
    indexes = tuple(i for i in table.indexes if i.constraint != found.name)
    table = replace(table, constraints=constraints, indexes=indexes)
    if found.kind is ConstraintKind.NOT_NULL and (column := table.find(found.columns[0])):
        table = table.with_column(replace(column, not_null=False))
    history.put(table)


@apply_action.register
def _rename_constraint(action: a.RenameConstraint, table: KnownTable, history: History) -> None:
    old, new = action.constraint, action.to
    constraints = tuple(replace(c, name=new) if c.name == old else c for c in table.constraints)
    indexes = tuple(
        replace(i, name=new, constraint=new) if i.constraint == old else i for i in table.indexes
    )
    history.put(replace(table, constraints=constraints, indexes=indexes))


@apply_action.register
def _set_logged(action: a.SetLogged, table: KnownTable, history: History) -> None:
    history.put(replace(table, unlogged=not action.logged))


@apply_action.register
def _rename_table(action: a.RenameTable, table: KnownTable, history: History) -> None:
    history.rename(table.name, TableName(action.to, table.name.schema))


@apply_action.register
def _set_schema(action: a.SetSchema, table: KnownTable, history: History) -> None:
    history.rename(table.name, TableName(table.name.name, action.schema))


@apply_action.register
def _inherit(action: a.Inherit, table: KnownTable, history: History) -> None:
    parent = history.key(action.parent)
    inherits = tuple(name for name in table.inherits if name != parent)
    history.put(replace(table, inherits=(*inherits, parent) if action.add else inherits))
