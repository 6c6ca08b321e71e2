"""Replayed knowledge as a Catalog, spelled as `postgres.catalog` reads it from a server."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from expandcontract.lint import spelling
from expandcontract.lint.key_suffix import suffix
from expandcontract.lint.knowledge import History
from expandcontract.lint.known import KnownColumn, KnownConstraint, KnownIndex, KnownTable
from expandcontract.lint.to_dependents import dependents, pointing_at
from expandcontract.model.catalog import (
    Catalog,
    Column,
    Constraint,
    Dependent,
    Index,
    IndexKey,
    Table,
    TableKind,
)
from expandcontract.model.names import TableName

_CONSTANT = re.compile(r"\(?(NULL|true|false|-?\d+(\.\d+)?|E?'([^']|'')*')\)?(::[\w\" .()\[\],]+)?")
_BYTES_ARE_EQUALITY = frozenset(
    {
        "smallint", "integer", "bigint", "oid", "boolean", "text", "character varying", "uuid",
        "bytea", "date", "timestamp without time zone", "timestamp with time zone", "name",
        "time without time zone", "time with time zone", "money", "macaddr", "macaddr8", '"char"',
        "inet", "cidr", "bit", "bit varying", "xid8", "pg_lsn", "tid",
    }
)  # fmt: skip
"""Types whose btree class can tell equality from the bytes, as the catalog's query asks it."""


def catalog_of(known: History, before: Catalog) -> Catalog:
    """Every table that was seen made or that the catalog had, in the order of their making."""
    pointing = pointing_at(known)
    tables = tuple(
        _table(table, known, pointing)
        for table in known.tables.values()
        if not table.guessed and (table.origin is not None or table.kind is not TableKind.VIEW)
    )
    return replace(before, tables=tables)


def _table(
    table: KnownTable, known: History, pointing: Mapping[TableName, Sequence[Dependent]]
) -> Table:
    origin = table.origin
    kind = TableKind.VIEW if table.materialized else table.kind
    constraints = [_constraint(item) for item in table.constraints]
    indexes = [_index(index, table) for index in table.indexes]
    made = Table(
        name=table.name,
        kind=kind,
        columns=tuple(_column(column, known) for column in table.columns),
        indexes=tuple(sorted(indexes, key=lambda index: index.name)),
        constraints=tuple(sorted(constraints, key=lambda item: item.name)),
        dependents=dependents(table, known, pointing),
        triggers=tuple(sorted(table.triggers)),
        inherits=_inherits(table, known),
        is_partition=table.parent is not None,
        parents=table.inherits if table.parent is None else (table.parent,),
        partition_key=table.partition_key,
        parts=_parts(table, tuple(indexes), known, pointing),
    )
    if origin is None:
        return made
    return replace(made, rows=origin.rows, bytes=origin.bytes)


def _parts(
    table: KnownTable,
    indexes: tuple[Index, ...],
    known: History,
    pointing: Mapping[TableName, Sequence[Dependent]],
) -> tuple[Table, ...]:
    """What is below, each with what it has from the table marked as such."""
    columns = {column.name for column in table.columns}
    constraints = {constraint.name for constraint in table.constraints}

    def handed_on(part: KnownTable) -> Table:
        made = _table(part, known, pointing)
        shared = {index.keys: TableName(index.name, table.name.schema) for index in indexes}
        return replace(
            made,
            parts=(),
            columns=tuple(
                replace(column, parents=1, is_local=False) if column.name in columns else column
                for column in made.columns
            ),
            constraints=tuple(
                replace(one, inherited=one.name in constraints) for one in made.constraints
            ),
            indexes=tuple(
                replace(index, parent=shared.get(index.keys)) if part.parent else index
                for index in made.indexes
            ),
        )

    return tuple(handed_on(part) for part in _below(table, known))


def _below(table: KnownTable, known: History) -> Iterator[KnownTable]:
    """Partitions and children at every level, parents first."""
    level = list(known.children(table.name))
    while level:
        yield from level
        level = [below for one in level for below in known.children(one.name)]


def _inherits(table: KnownTable, known: History) -> bool:
    if table.parent is not None or table.inherits:
        return True
    return table.kind is not TableKind.PARTITIONED and any(known.children(table.name))


def _column(column: KnownColumn, known: History) -> Column:
    text = str(column.type) if column.type is not None else "unknown"
    generated = "" if column.generated is None else "stored" if column.stored else "virtual"
    made = Column(
        name=column.name,
        type=text,
        not_null=column.not_null,
        default=column.default_text,
        default_is_constant=column.generated is None and is_constant(column.default_text),
        collation=column.collation,
        identity=column.identity,
        generated=generated,
        owned_sequence=column.sequence,
        comment=column.comment,
        equality_is_identity=_equality_is_identity(column, known),
    )
    origin = column.origin
    if origin is None:
        return made
    same_type = origin.type == text
    return replace(
        made,
        collation=origin.collation if same_type else made.collation,
        equality_is_identity=(origin if same_type else made).equality_is_identity,
        statistics=origin.statistics,
        storage=origin.storage if same_type else None,
        compression=origin.compression,
        options=origin.options,
        privileges=origin.privileges,
    )


def is_constant(default: str | None) -> bool:
    """Whether a default's text is a literal, as the catalog's reader decides it."""
    return default is None or _CONSTANT.fullmatch(default) is not None


def _equality_is_identity(column: KnownColumn, known: History) -> bool:
    if column.type is None or column.type.array:
        return False
    made = known.type(column.type.base, column.type.schema)
    if made is not None:
        return made.kind == "enum"
    return column.type.base in _BYTES_ARE_EQUALITY


def _index(index: KnownIndex, table: KnownTable) -> Index:
    keys = tuple(
        IndexKey(
            column=key.column,
            expression=_expression(key.expression.text) if key.expression is not None else None,
            suffix=suffix(key.suffix),
        )
        for key in index.keys
    )
    names = {*index.columns, *index.include, *index.expression_names()}
    made = Index(
        name=index.name,
        keys=keys,
        method=index.method,
        unique=index.unique,
        primary=index.primary,
        nulls_not_distinct=index.nulls_not_distinct,
        include=index.include,
        predicate=f"({_bare(spelling.casts(index.where.text))})"
        if index.where is not None
        else None,
        options=index.options,
        constraint=index.constraint,
        columns=tuple(c.name for c in table.columns if c.name in names),
        usable_key=_usable(index, keys, table),
    )
    origin = index.origin
    if origin is None:
        return made
    return replace(
        made,
        predicate=origin.predicate,
        valid=origin.valid,
        tablespace=origin.tablespace,
        comment=origin.comment,
        usable_key=origin.usable_key and made.usable_key,
    )


def _usable(index: KnownIndex, keys: tuple[IndexKey, ...], table: KnownTable) -> bool:
    immediate = not any(
        item.name == index.constraint and item.deferrable for item in table.constraints
    )
    plain = all(key.column is not None and not key.suffix for key in keys)
    filled = all(
        (column := table.find(name)) is not None and column.not_null for name in index.columns
    )
    simple = index.unique and index.where is None and index.method == "btree"
    return bool(keys) and simple and immediate and plain and filled


def _bare(text: str) -> str:
    stripped = text.strip()
    wrapped = stripped.startswith("(") and stripped.endswith(")")
    return stripped[1:-1].strip() if wrapped and stripped.count("(") == 1 else stripped


def _expression(text: str) -> str:
    """A function call stands as it is, anything else in parentheses."""
    text = spelling.casts(text)
    return text if re.fullmatch(r"\w+\(.*\)", text, re.DOTALL) else f"({_bare(text)})"


def _constraint(item: KnownConstraint) -> Constraint:
    made = Constraint(
        name=item.name,
        kind=item.kind,
        columns=item.columns,
        definition=item.definition,
        valid=item.valid,
        deferrable=item.deferrable,
        deferred=item.deferred,
    )
    return made if item.origin is None else replace(made, comment=item.origin.comment)
