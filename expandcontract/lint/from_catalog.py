"""A Catalog as knowledge that statements can be replayed on."""

import re

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.forms.constraint import Check, ForeignKey, read_table_constraint
from expandcontract.lint.forms.index import Key
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownColumn, KnownConstraint, KnownIndex, KnownTable
from expandcontract.lint.reading import type_name
from expandcontract.lint.splitting import split
from expandcontract.lint.types import TypeName
from expandcontract.model.catalog import (
    Catalog,
    Column,
    Constraint,
    ConstraintKind,
    Index,
    IndexKey,
    Table,
)
from expandcontract.model.names import TableName

_VIEW = re.compile(r'view (?:(?:"?([^".]+)"?)\.)?"?([^".]+)"?$')


def knowledge_of(catalog: Catalog) -> History:
    """Everything that the catalog says, in the words of the linter."""
    history = History(search_path=catalog.search_path or ("public",), major=catalog.major)
    for table in catalog.tables:
        history.put(_table(table, history))
    for part in (part for table in catalog.tables for part in table.parts):
        if part.name not in history.tables:
            history.put(_table(part, history))
    for table in catalog.tables:
        _views(table, history)
    return history


def _table(table: Table, history: History) -> KnownTable:
    return KnownTable(
        name=table.name,
        spelled=table.name,
        kind=table.kind,
        columns=tuple(_column(column) for column in table.columns),
        indexes=tuple(_index(index) for index in table.indexes),
        constraints=tuple(_constraint(item, history) for item in table.constraints),
        triggers=table.triggers,
        parent=table.parents[0] if table.is_partition and table.parents else None,
        inherits=() if table.is_partition else table.parents,
        partition_key=table.partition_key,
        origin=table,
    )


def _column(column: Column) -> KnownColumn:
    generated = column.generated in {"stored", "virtual"}
    return KnownColumn(
        name=column.name,
        type=_type(column.type),
        not_null=column.not_null,
        default=_expression(column.default) if column.default is not None else None,
        default_text=column.default,
        identity=column.identity,
        generated=Expr((), "") if generated else None,
        stored=column.generated == "stored",
        collation=column.collation,
        sequence=column.owned_sequence,
        comment=column.comment,
        origin=column,
    )


def _type(text: str) -> TypeName | None:
    try:
        return type_name(text)
    except NotReadError:
        return None


def _expression(text: str) -> Expr:
    tokens = tuple(token for piece in split(text) for token in piece.tokens)
    return Expr(tokens, text)


def _index(index: Index) -> KnownIndex:
    return KnownIndex(
        name=index.name,
        keys=tuple(_key(key) for key in index.keys),
        unique=index.unique,
        primary=index.primary,
        method=index.method,
        include=index.include,
        where=_expression(index.predicate) if index.predicate is not None else None,
        options=index.options,
        nulls_not_distinct=index.nulls_not_distinct,
        constraint=index.constraint,
        origin=index,
    )


def _key(key: IndexKey) -> Key:
    expression = _expression(key.expression) if key.expression is not None else None
    return Key(key.column, expression, key.suffix)


def _constraint(item: Constraint, history: History) -> KnownConstraint:
    condition: Expr | None = None
    parent: TableName | None = None
    parent_columns: tuple[str, ...] = ()
    if item.kind in {ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY}:
        tokens = _expression(item.definition).tokens
        try:
            read = read_table_constraint(Cursor(tokens, item.definition))
        except NotReadError:
            read = None
        if isinstance(read, Check):
            condition = read.condition
        elif isinstance(read, ForeignKey):
            parent, parent_columns = history.key(read.parent), read.parent_columns
    return KnownConstraint(
        name=item.name,
        kind=item.kind,
        columns=item.columns,
        condition=condition,
        valid=item.valid,
        parent=parent,
        parent_columns=parent_columns,
        definition=item.definition,
        deferrable=item.deferrable,
        deferred=item.deferred,
        origin=item,
    )


def _views(table: Table, history: History) -> None:
    """Views that the catalog names as dependents, as far as they are not tables of it."""
    reads: dict[TableName, list[tuple[TableName, str]]] = {}
    for dependent in table.dependents:
        if found := _VIEW.search(dependent.description):
            key = history.key(TableName(found[2], found[1]))
            reads.setdefault(key, []).append((table.name, dependent.column))
    for key, columns in reads.items():
        known = history.tables.get(key)
        before = known.reads if known else ()
        history.put(
            KnownTable(
                name=key, spelled=key, complete=False, guessed=True, reads=(*before, *columns)
            )
            if known is None or known.guessed
            else known
        )
