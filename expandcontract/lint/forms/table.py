"""CREATE TABLE in all its forms."""

from expandcontract.lint.cursor import Cursor, Expr
from expandcontract.lint.forms.column import ColumnDef, read_column
from expandcontract.lint.forms.constraint import (
    STARTS,
    Constraint,
    ForeignKey,
    read_table_constraint,
)
from expandcontract.lint.forms.query import writes
from expandcontract.lint.forms.sources import relations
from expandcontract.model.names import TableName
from expandcontract.model.value import value


@value(kw_only=True)
class CreateTable:
    """CREATE TABLE; `query` where it is filled from one, `parent` where it is a partition."""

    name: TableName
    columns: tuple[ColumnDef, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    like: tuple[TableName, ...] = ()
    temporary: bool = False
    unlogged: bool = False
    if_not_exists: bool = False
    foreign: bool = False
    parent: TableName | None = None
    default_partition: bool = False
    partition_by: Expr | None = None
    inherits: tuple[TableName, ...] = ()
    query: Expr | None = None
    reads: tuple[TableName, ...] = ()
    writes: tuple[TableName, ...] = ()
    with_data: bool = True

    def foreign_keys(self) -> tuple[TableName, ...]:
        """The tables that foreign keys of this one point at, inline ones included."""
        from_columns = tuple(key.parent for column in self.columns for key in column.references)
        from_table = tuple(item.parent for item in self.constraints if isinstance(item, ForeignKey))
        return tuple(dict.fromkeys(from_columns + from_table))


@value(frozen=False)
class _Body:
    columns: tuple[ColumnDef, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    like: tuple[TableName, ...] = ()


@value(frozen=False)
class _Tail:
    partition_by: Expr | None = None
    inherits: tuple[TableName, ...] = ()
    query: Expr | None = None
    with_data: bool = True


def read_create_table(cursor: Cursor) -> CreateTable:
    """Take CREATE TABLE from behind CREATE on."""
    temporary, unlogged, foreign = _read_persistence(cursor)
    cursor.need("TABLE")
    if_not_exists = cursor.says("IF", "NOT", "EXISTS")
    name = cursor.name()
    parent = None
    typed = True
    if cursor.says("PARTITION", "OF"):
        parent, typed = cursor.name(), False
    elif cursor.says("OF"):
        cursor.name()
        typed = False
    body = _read_body(cursor, typed=typed) if cursor.sees("(") else _Body()
    default_partition = parent is not None and _read_bound(cursor)
    tail = _read_tail(cursor, foreign=foreign)
    cursor.need_end()
    written = writes(tail.query, cursor) if tail.query is not None else ()
    reads = relations(tail.query, cursor) if tail.query is not None else ()
    return CreateTable(
        name=name,
        columns=body.columns,
        constraints=body.constraints,
        like=body.like,
        temporary=temporary,
        unlogged=unlogged,
        if_not_exists=if_not_exists,
        foreign=foreign,
        parent=parent,
        default_partition=default_partition,
        partition_by=tail.partition_by,
        inherits=tail.inherits,
        query=tail.query,
        reads=tuple(name for name in reads if name not in written),
        writes=written,
        with_data=tail.with_data,
    )


def _read_persistence(cursor: Cursor) -> tuple[bool, bool, bool]:
    cursor.says_any("GLOBAL", "LOCAL")
    temporary = bool(cursor.says_any("TEMP", "TEMPORARY"))
    return temporary, cursor.says("UNLOGGED"), cursor.says("FOREIGN")


def _read_bound(cursor: Cursor) -> bool:
    if cursor.says("DEFAULT"):
        return True
    cursor.need("FOR", "VALUES")
    cursor.until("PARTITION", "WITH", "TABLESPACE", "USING", "SERVER", "ON")
    return False


def _read_body(cursor: Cursor, *, typed: bool) -> _Body:
    inner = cursor.inside(cursor.group())
    body = _Body()
    if inner.done():
        return body
    if _only_names(inner):  # CREATE TABLE t (a, b) AS SELECT ..
        inner.rest()
        return body
    inner.listed(lambda: _read_item(inner, body, typed=typed))
    inner.need_end()
    return body


def _only_names(cursor: Cursor) -> bool:
    """Names without types: the column list of CREATE TABLE AS."""
    return all(token.word == "," for token in cursor.tokens[1::2]) and len(cursor.tokens) % 2 == 1


def _read_item(cursor: Cursor, body: _Body, *, typed: bool) -> None:
    if cursor.says("LIKE"):
        body.like += (cursor.name(),)
        cursor.until(",")
    elif cursor.peek().word in STARTS or cursor.sees("NOT", "NULL"):
        body.constraints += (read_table_constraint(cursor),)
    else:
        body.columns += (read_column(cursor, typed=typed),)


def _read_tail(cursor: Cursor, *, foreign: bool) -> _Tail:
    tail = _Tail()
    while not cursor.done():
        if cursor.says("INHERITS"):
            inner = cursor.inside(cursor.group())
            tail.inherits = inner.names()
        elif cursor.says("PARTITION", "BY"):
            tail.partition_by = cursor.until("WITH", "TABLESPACE", "USING", "AS")
        elif cursor.says("AS"):
            tail.query = _read_query(cursor, tail)
        elif foreign and cursor.says("SERVER"):
            cursor.rest()
        else:
            _read_setting(cursor)
    return tail


def _read_query(cursor: Cursor, tail: _Tail) -> Expr:
    start = cursor.at
    words = tuple(token.word for token in cursor.tokens[-3:])
    stop = len(cursor.tokens)
    if words[-2:] == ("WITH", "DATA"):
        stop -= 2
    elif words == ("WITH", "NO", "DATA"):
        stop, tail.with_data = stop - 3, False
    cursor.rest()
    return cursor.between(start, stop)


def _read_setting(cursor: Cursor) -> None:
    if cursor.says("WITH"):
        cursor.group()
    elif cursor.says("ON", "COMMIT"):
        cursor.until("TABLESPACE", "AS")
    elif not cursor.says("WITHOUT", "OIDS"):
        cursor.take()  # TABLESPACE or USING
        cursor.ident()
