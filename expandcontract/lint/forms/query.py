"""Statements on rows: queries, INSERT, UPDATE, DELETE, MERGE, COPY, and DO with what it runs."""

from collections.abc import Iterator

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.forms.maintenance import read_only_name
from expandcontract.lint.forms.merge import Merge, read_merge
from expandcontract.lint.forms.sources import relations
from expandcontract.lint.tokens import END, Kind, unquoted
from expandcontract.model.names import TableName
from expandcontract.model.value import value

_INTO = (("INSERT", "INTO"), ("DELETE", "FROM"), ("MERGE", "INTO"))
_BEFORE_UPDATE = frozenset({"(", ")", ";", "ATOMIC", "ALSO", "INSTEAD"})
"""Elsewhere UPDATE belongs to FOR, ON or DO."""
_WRITING = ("INSERT", "UPDATE", "DELETE", "MERGE")


@value(kw_only=True)
class Query:
    """SELECT, VALUES, TABLE, WITH; `writes` where a WITH holds a statement that writes."""

    expression: Expr
    reads: tuple[TableName, ...] = ()
    writes: tuple[TableName, ...] = ()
    for_update: bool = False
    into: TableName | None = None


@value(kw_only=True)
class Write:
    """INSERT, UPDATE, DELETE or MERGE; `where` is the condition on the rows of the target."""

    verb: str
    table: TableName
    expression: Expr
    where: Expr | None = None
    reads: tuple[TableName, ...] = ()
    from_query: bool = False
    columns: tuple[str, ...] = ()
    only: bool = False
    merge: Merge | None = None


@value(kw_only=True)
class Copy:
    """COPY; from the client where `to` is false."""

    table: TableName | None
    to: bool
    query: Expr | None = None
    reads: tuple[TableName, ...] = ()
    writes: tuple[TableName, ...] = ()


@value(kw_only=True)
class Prepare:
    """PREPARE name AS a statement."""

    name: str
    statement: Expr


@value(kw_only=True)
class Do:
    """DO, with its body's place in the text; CALL has no body."""

    body: str
    offset: int


def read_query(cursor: Cursor) -> Query:
    """Take a query that stands alone; EXPLAIN lends its tokens."""
    expression = cursor.rest()
    words = expression.words
    if len(words) < 2:  # noqa: PLR2004  a verb alone says nothing
        raise NotReadError(cursor.peek(), "a query")
    written = writes(expression, cursor)
    into = _into(expression, cursor)
    reads = tuple(n for n in relations(expression, cursor) if n not in written and n != into)
    return Query(
        expression=expression,
        reads=reads,
        writes=written,
        for_update="FOR" in words and bool({"UPDATE", "SHARE", "KEY"} & set(words)),
        into=into,
    )


def held(expression: Expr, cursor: Cursor) -> Iterator[Expr]:
    """The statements that write in a query: those that its WITH names, and the last one.

    A named one may have a WITH of its own, in which none may write.
    """
    inner = cursor.inside(expression)
    for named in _named(inner):
        own = cursor.inside(named)
        for _ in _named(own):
            pass
        if own.word() in _WRITING:
            yield own.rest()
    if inner.word() in _WRITING:
        yield inner.rest()


def _named(inner: Cursor) -> Iterator[Expr]:
    """The bodies of WITH; what is left behind them is the statement that it belongs to."""
    if not inner.says("WITH"):
        return
    inner.says("RECURSIVE")
    inner.until("AS")
    while inner.says("AS"):
        inner.says("NOT")
        inner.says("MATERIALIZED")
        if not inner.sees("("):
            return
        yield inner.group()
        if inner.sees("SEARCH") or inner.sees("CYCLE"):
            inner.until("AS", "SELECT", "VALUES", "TABLE", *_WRITING)
        elif inner.says(","):
            inner.until("AS")


def output_columns(expression: Expr, cursor: Cursor) -> tuple[str, ...]:
    """The names of a query's columns, if every one of them can be told without a catalog."""
    inner = cursor.inside(expression)
    if not inner.says("SELECT") or inner.sees("DISTINCT") or inner.sees("ALL"):
        return ()
    names: list[str] = []
    while True:
        item = inner.until(",", "FROM", "UNION", "WHERE", "GROUP")
        last = item.tokens[-1] if item.tokens else END
        before = item.tokens[-2].word if len(item.tokens) > 1 else ""
        alone = len(item.tokens) == 1 or before in {".", "AS"}
        if last.kind not in {Kind.WORD, Kind.QUOTED} or not alone:
            return ()
        names.append(unquoted(last))
        if not inner.says(","):
            return tuple(names)


def writes(expression: Expr, cursor: Cursor) -> tuple[TableName, ...]:
    """The tables of INSERT, UPDATE and DELETE within a WITH, a function or a rule."""
    inner = cursor.inside(expression)
    found: dict[TableName, None] = {}
    while inner.seek(_WRITING):
        if any(inner.says(*words) for words in _INTO):
            found[read_only_name(inner)] = None
        elif inner.sees("UPDATE") and (inner.at == 0 or inner.peek(-1).word in _BEFORE_UPDATE):
            inner.take()
            found[read_only_name(inner)] = None
        else:
            inner.take()
    return tuple(found)


def _into(expression: Expr, cursor: Cursor) -> TableName | None:
    """SELECT .. INTO table, which makes one."""
    inner = cursor.inside(expression)
    if not inner.says("SELECT"):
        return None
    inner.until("INTO", "FROM", "WHERE", "UNION")
    if not inner.says("INTO"):
        return None
    inner.says_any("TEMP", "TEMPORARY", "UNLOGGED")
    inner.says("TABLE")
    return inner.name()


def read_write(cursor: Cursor, verb: str) -> Write:
    """Take what follows INSERT, UPDATE, DELETE or MERGE."""
    start = cursor.at
    if verb in {"INSERT", "MERGE"}:
        cursor.need("INTO")
    elif verb == "DELETE":
        cursor.need("FROM")
    only = cursor.sees("ONLY")
    table = read_only_name(cursor)
    if cursor.done() and verb != "DELETE":
        raise NotReadError(cursor.peek(), "what to write")
    columns = cursor.columns() if verb == "INSERT" and cursor.sees("(") else ()
    body_start = cursor.at
    where = _where(cursor)
    rest = cursor.between(start, len(cursor.tokens))
    body = cursor.between(body_start, len(cursor.tokens))
    if verb == "UPDATE" and "SET" not in body.words:
        raise NotReadError(cursor.peek(), "SET")
    return Write(
        verb=verb,
        table=table,
        expression=rest,
        where=where,
        reads=tuple(name for name in relations(body, cursor) if name != table),
        from_query="SELECT" in body.words or verb == "MERGE",
        columns=columns,
        only=only,
        merge=read_merge(cursor.inside(body)) if verb == "MERGE" else None,
    )


def _where(cursor: Cursor) -> Expr | None:
    cursor.until("WHERE")
    where = None
    if cursor.says("WHERE"):
        where = cursor.until("RETURNING")
    cursor.rest()
    return where


def read_copy(cursor: Cursor) -> Copy:
    """Take what follows COPY."""
    table = query = None
    if cursor.sees("("):
        query = cursor.group()
    else:
        cursor.says("BINARY")
        table = cursor.name()
        if cursor.sees("("):
            cursor.columns()
    direction = cursor.says_any("FROM", "TO")
    if not direction:
        raise NotReadError(cursor.peek(), "FROM or TO")
    cursor.rest()
    written = writes(query, cursor) if query else ()
    reads = tuple(n for n in relations(query, cursor) if n not in written) if query else ()
    return Copy(table=table, to=direction == "TO", query=query, reads=reads, writes=written)


def _language(cursor: Cursor) -> str | None:
    """Take LANGUAGE and its name, which old scripts still spell as a text."""
    if not cursor.says("LANGUAGE"):
        return None
    return cursor.string() if cursor.peek().kind is Kind.STRING else cursor.ident()


def read_do(cursor: Cursor) -> Do:
    """Take what follows DO; the language stands before the body or behind it."""
    language = _language(cursor) or ""
    token = cursor.peek()
    body = cursor.string()
    offset = token.start + token.text.index(body) if body in token.text else token.start
    language = _language(cursor) or language
    cursor.need_end()
    if language not in {"", "plpgsql"}:
        raise NotReadError(token, f"a body in PL/pgSQL instead of {language}")
    return Do(body=body, offset=offset)
