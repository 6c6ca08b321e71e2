"""Builds known tables, indexes and constraints from the statements that make them."""

from collections.abc import Container

from expandcontract.lint import spelling
from expandcontract.lint.forms.column import ColumnDef
from expandcontract.lint.forms.constraint import (
    Check,
    Constraint,
    Exclude,
    ForeignKey,
    NotNull,
    Unique,
)
from expandcontract.lint.forms.index import CreateIndex, Key
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownColumn, KnownConstraint, KnownIndex, KnownTable
from expandcontract.lint.naming import LAST_TAKEN, Taken, joined, key_names, made_up
from expandcontract.lint.tokens import Kind, unquoted
from expandcontract.model.kinds import ConstraintKind, TableKind
from expandcontract.model.names import TableName
from expandcontract.model.value import replace, value

HANDED_DOWN = frozenset({ConstraintKind.CHECK, ConstraintKind.NOT_NULL})
"""The constraints that what inherits has too."""


def build_table(node: CreateTable, key: TableName, history: History) -> KnownTable:
    """The table that CREATE TABLE makes, with all that its parents give it."""
    kind = TableKind.PARTITIONED if node.partition_by is not None else TableKind.ORDINARY
    table = KnownTable(
        name=key,
        spelled=node.name,
        kind=TableKind.OTHER if node.foreign else kind,
        parent=history.key(node.parent) if node.parent else None,
        default_partition=node.default_partition,
        inherits=tuple(history.key(name) for name in node.inherits),
        temporary=node.temporary,
        unlogged=node.unlogged,
        partition_key=_partition_columns(node),
        complete=node.query is None and not node.like,
    )
    for parent in (*((table.parent,) if table.parent else ()), *table.inherits):
        table = _inherit(table, history.tables.get(parent))
    if table.parent is not None and (above := history.tables.get(table.parent)):
        table = with_partition_copies(table, above, history)
    for like in node.like:
        table = _copy_columns(table, history.table(like))
    for column in node.columns:
        table = add_column(table, column, history)
    for constraint in node.constraints:
        table = add_constraint(table, constraint, history)
    return table


def _partition_columns(node: CreateTable) -> tuple[str, ...]:
    """The plain columns of PARTITION BY method (columns)."""
    tokens = node.partition_by.tokens if node.partition_by is not None else ()
    names = [token for token in tokens[2:-1] if token.word != ","]
    plain = all(token.kind in {Kind.WORD, Kind.QUOTED} for token in names)
    return tuple(unquoted(token) for token in names) if plain else ()


def _inherit(table: KnownTable, parent: KnownTable | None) -> KnownTable:
    if parent is None:
        return replace(table, complete=False)
    constraints = tuple(c for c in parent.constraints if c.kind in HANDED_DOWN)
    table = _copy_columns(table, parent)
    return replace(table, constraints=(*table.constraints, *constraints), complete=parent.complete)


def with_partition_copies(table: KnownTable, above: KnownTable, history: History) -> KnownTable:
    """A partition has every foreign key and index of the table it belongs to."""
    for key in above.foreign_keys:
        if not any(k.parent == key.parent and k.columns == key.columns for k in table.foreign_keys):
            table = _with(table, key)
    for index in above.indexes:
        if not any(i.keys == index.keys and i.unique == index.unique for i in table.indexes):
            table = _with_index_copy(table, index, history)
    return table


def _with_index_copy(table: KnownTable, index: KnownIndex, history: History) -> KnownTable:
    taken = _Either(history.names_in_schema(table.name.schema), {i.name for i in table.indexes})
    middle = key_names(index.keys, index.include)
    label = "key" if index.constraint else "idx"
    if index.primary:
        middle, label = "", "pkey"
    name = made_up(table.name.name, middle, label, taken)
    owner = name if index.constraint else None
    copy = replace(index, name=name, constraint=owner, origin=None)
    if owner is not None:
        kind = ConstraintKind.PRIMARY_KEY if index.primary else ConstraintKind.UNIQUE
        spelled = Unique(
            name=name, primary=index.primary, columns=index.columns, include=index.include,
            nulls_not_distinct=index.nulls_not_distinct,
        )  # fmt: skip
        constraint = KnownConstraint(
            name=name, kind=kind, columns=index.columns, definition=spelling.definition(spelled)
        )
        table = _with(table, constraint)
    return replace(table, indexes=(*table.indexes, copy))


def _copy_columns(table: KnownTable, source: KnownTable | None) -> KnownTable:
    for column in source.columns if source else ():
        table = table.with_column(column)
    return table


def add_column(table: KnownTable, node: ColumnDef, history: History) -> KnownTable:
    """The table with one more column and the constraints that came with it."""
    before = table.find(node.name)
    column = KnownColumn(
        name=node.name,
        type=node.type or (before.type if before else None),
        not_null=node.not_null or node.primary or bool(node.identity) or _is_serial(node),
        default=node.default,
        default_text=spelling.default(node.default, node.type) if node.default else None,
        identity=node.identity,
        generated=node.generated,
        stored=bool(node.stored),
        collation=node.collation,
    )
    if _is_serial(node) or node.identity:
        column = _with_sequence(column, table, history, serial=_is_serial(node))
    table = table.with_column(column)
    for constraint in node.constraints:
        table = add_constraint(table, constraint, history, column=node.name)
    return table


def _is_serial(node: ColumnDef) -> bool:
    return node.type is not None and node.type.serial


def _with_sequence(
    column: KnownColumn, table: KnownTable, history: History, *, serial: bool
) -> KnownColumn:
    taken = history.names_in_schema(table.name.schema)
    name = made_up(table.name.name, column.name, "seq", taken)
    sequence = TableName(name, table.name.schema)
    text = f"nextval('{spelling.relation(sequence)}'::regclass)" if serial else None
    return replace(column, sequence=spelling.relation(sequence), default_text=text)


def add_constraint(
    table: KnownTable, node: Constraint, history: History, *, column: str | None = None
) -> KnownTable:
    """The table with one more constraint, and with what the constraint brings along."""
    taken = LAST_TAKEN.by(table.constraints)
    match node:
        case Check():
            return _with(table, _check(table, node, column, taken))
        case ForeignKey():
            return _with(table, _foreign_key(table, node, history, taken))
        case NotNull():
            return _not_null(table, node, taken)
        case Unique():
            return _unique(table, node, history)
        case Exclude():
            name = node.name or taken.made_up(table.name.name, "", "excl")
            known = KnownConstraint(
                name=name, kind=ConstraintKind.EXCLUSION, definition=spelling.definition(node)
            )
            index = KnownIndex(name=name, keys=(), method=node.method, constraint=name)
            return replace(_with(table, known), indexes=(*table.indexes, index))


def _with(table: KnownTable, constraint: KnownConstraint) -> KnownTable:
    return replace(table, constraints=(*table.constraints, constraint))


def _check(table: KnownTable, node: Check, column: str | None, taken: Taken) -> KnownConstraint:
    names = node.condition.names()
    columns = tuple(c.name for c in table.columns if c.name in names)
    middle = columns[0] if len(columns) == 1 else ""
    if not columns and column:
        columns = (column,)
    return KnownConstraint(
        name=node.name or taken.made_up(table.name.name, middle, "check"),
        kind=ConstraintKind.CHECK,
        columns=columns,
        condition=node.condition,
        valid=not node.not_valid and node.enforced,
        enforced=node.enforced,
        definition=spelling.definition(node),
    )


def _foreign_key(
    table: KnownTable, node: ForeignKey, history: History, taken: Taken
) -> KnownConstraint:
    parent = table.name if node.parent == table.spelled else history.key(node.parent)
    known = table if parent == table.name else history.tables.get(parent)
    columns = node.parent_columns or _primary_columns(known)
    spelled = replace(node, parent=parent, parent_columns=columns)
    return KnownConstraint(
        name=node.name or taken.made_up(table.name.name, joined(node.columns), "fkey"),
        kind=ConstraintKind.FOREIGN_KEY,
        columns=node.columns,
        valid=not node.not_valid and node.enforced,
        enforced=node.enforced,
        parent=parent,
        parent_columns=columns,
        definition=spelling.definition(spelled),
        deferrable=node.deferrable,
        deferred=node.deferred,
    )


def _primary_columns(table: KnownTable | None) -> tuple[str, ...]:
    for item in table.constraints if table else ():
        if item.kind is ConstraintKind.PRIMARY_KEY:
            return item.columns
    return ()


def _not_null(table: KnownTable, node: NotNull, taken: Taken) -> KnownTable:
    column = table.find(node.column)
    if column is not None and not node.not_valid:
        table = table.with_column(replace(column, not_null=True))
    name = node.name or taken.made_up(table.name.name, node.column, "not_null")
    return _with(
        table,
        KnownConstraint(
            name=name,
            kind=ConstraintKind.NOT_NULL,
            columns=(node.column,),
            valid=not node.not_valid,
            definition=spelling.definition(node),
        ),
    )


def _unique(table: KnownTable, node: Unique, history: History) -> KnownTable:
    built = table.index(node.using_index) if node.using_index else None
    columns = built.columns if built else node.columns
    name = node.name or node.using_index or _unique_name(table, node, history)
    if node.primary:
        for column in columns:
            if known := table.find(column):
                table = table.with_column(replace(known, not_null=True))
    spelled = replace(node, columns=columns)
    constraint = KnownConstraint(
        name=name,
        kind=ConstraintKind.PRIMARY_KEY if node.primary else ConstraintKind.UNIQUE,
        columns=columns,
        definition=spelling.definition(spelled),
        deferrable=node.deferrable,
        deferred=node.deferred,
    )
    index = KnownIndex(
        name=name,
        keys=built.keys if built else tuple(Key(c, None) for c in columns),
        method="gist" if node.without_overlaps else "btree",
        unique=True,
        primary=node.primary,
        include=node.include,
        nulls_not_distinct=node.nulls_not_distinct,
        constraint=name,
    )
    kept = tuple(item for item in table.indexes if item is not built)
    return replace(_with(table, constraint), indexes=(*kept, index))


@value
class _Either:
    """Names that are taken in the schema, or by what the table is getting just now."""

    one: Container[str]
    other: Container[str]

    def __contains__(self, name: object) -> bool:
        return name in self.one or name in self.other


def _unique_name(table: KnownTable, node: Unique, history: History) -> str:
    taken = _Either(history.names_in_schema(table.name.schema), {i.name for i in table.indexes})
    if node.primary:
        return made_up(table.name.name, "", "pkey", taken)
    return made_up(table.name.name, joined((*node.columns, *node.include)), "key", taken)


def index_of(node: CreateIndex, table: KnownTable, taken: Container[str]) -> KnownIndex:
    """The index that CREATE INDEX makes."""
    middle = key_names(node.keys, node.include)
    return KnownIndex(
        name=node.name or made_up(table.name.name, middle, "idx", taken),
        keys=node.keys,
        unique=node.unique,
        method=node.method,
        include=node.include,
        where=node.where,
        options=node.options,
        only=node.only,
        nulls_not_distinct=node.nulls_not_distinct,
    )
