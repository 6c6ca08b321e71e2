"""Reads CREATE, ALTER and DROP of everything that is neither a table nor an index."""

from itertools import pairwise

from expandcontract.lint.cursor import Cursor, Expr, NotReadError
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms.constraint import read_table_constraint
from expandcontract.lint.forms.maintenance import Drop, read_only_name
from expandcontract.lint.forms.query import output_columns, writes
from expandcontract.lint.forms.signature import read_signature
from expandcontract.lint.forms.sources import relations
from expandcontract.lint.types import read_type
from expandcontract.model.names import TableName

ON_TABLE = frozenset({"TRIGGER", "RULE", "POLICY"})
DROP_KINDS = (
    ("MATERIALIZED", "VIEW"), ("FOREIGN", "TABLE"), ("FOREIGN", "DATA", "WRAPPER"),
    ("EVENT", "TRIGGER"), ("ACCESS", "METHOD"), ("TEXT", "SEARCH", "CONFIGURATION"),
    ("TEXT", "SEARCH", "DICTIONARY"), ("TEXT", "SEARCH", "PARSER"), ("TEXT", "SEARCH", "TEMPLATE"),
    ("OPERATOR", "CLASS"), ("OPERATOR", "FAMILY"), ("USER", "MAPPING"), ("LARGE", "OBJECT"),
    ("PROCEDURAL", "LANGUAGE"), ("DEFAULT", "PRIVILEGES"),
    ("INDEX",),
    ("TABLE",), ("VIEW",), ("SEQUENCE",), ("TYPE",), ("DOMAIN",), ("SCHEMA",), ("FUNCTION",),
    ("PROCEDURE",), ("ROUTINE",), ("AGGREGATE",), ("TRIGGER",), ("RULE",), ("POLICY",),
    ("EXTENSION",), ("STATISTICS",), ("PUBLICATION",), ("SUBSCRIPTION",), ("ROLE",), ("USER",),
    ("GROUP",), ("DATABASE",), ("TABLESPACE",), ("SERVER",), ("COLLATION",), ("CONVERSION",),
    ("CAST",), ("OPERATOR",), ("LANGUAGE",), ("TRANSFORM",), ("OWNED",), ("SYSTEM",),
)  # fmt: skip
"""Every kind of object there is, the longer names before their own beginnings."""


def read_kind(cursor: Cursor) -> str:
    """Take the words that say what kind of object it is."""
    for words in DROP_KINDS:
        if cursor.says(*words):
            return " ".join(words)
    raise NotReadError(cursor.peek(), "a kind of object")


def read_drop(cursor: Cursor) -> Drop:
    """Take what follows DROP, indexes excepted."""
    kind = read_kind(cursor)
    if kind in {"OWNED", "USER MAPPING", "CAST", "TRANSFORM", "OPERATOR"}:
        words = cursor.rest().words
        return Drop(kind=kind, names=(), cascade="CASCADE" in words)
    if_exists = cursor.says("IF", "EXISTS")
    if kind in ON_TABLE:
        return _read_drop_on(cursor, kind, if_exists=if_exists)
    names, signatures = zip(*cursor.listed(lambda: _read_signed(cursor)), strict=True)
    words = cursor.rest().words
    if words and words[0] not in {"CASCADE", "RESTRICT", "USING", "WITH", "("}:
        raise NotReadError(cursor.peek(-len(words)), "CASCADE or the end")
    return Drop(
        kind=kind,
        names=names,
        if_exists=if_exists,
        cascade="CASCADE" in words,
        signature=signatures[0],
    )


def _read_signed(cursor: Cursor) -> tuple[TableName, str]:
    name = cursor.name()
    return name, cursor.group().text if cursor.sees("(") else ""


def _read_drop_on(cursor: Cursor, kind: str, *, if_exists: bool) -> Drop:
    name = cursor.ident()
    cursor.need("ON")
    table = cursor.name()
    cascade = cursor.says_any("CASCADE", "RESTRICT") == "CASCADE"
    cursor.need_end()
    return Drop(kind=kind, names=(TableName(name),), if_exists=if_exists, cascade=cascade, on=table)


def read_create_view(cursor: Cursor, *, replace: bool) -> o.CreateView:
    """Take CREATE VIEW from the words before VIEW on."""
    cursor.says_any("TEMP", "TEMPORARY")
    cursor.says("RECURSIVE")
    materialized = cursor.says("MATERIALIZED")
    cursor.need("VIEW")
    if_not_exists = cursor.says("IF", "NOT", "EXISTS")
    name = cursor.name()
    columns = cursor.columns() if cursor.sees("(") else ()
    cursor.until("AS")
    cursor.need("AS")
    with_data = tuple(token.word for token in cursor.tokens[-3:]) != ("WITH", "NO", "DATA")
    query = cursor.rest()
    return o.CreateView(
        name=name,
        query=query,
        reads=tuple(one for one in relations(query, cursor) if one != name),
        columns=columns,
        output=columns or output_columns(query, cursor),
        materialized=materialized,
        replace=replace,
        if_not_exists=if_not_exists,
        with_data=with_data,
    )


def read_create_type(cursor: Cursor) -> o.CreateType:
    """Take what follows CREATE TYPE."""
    name = cursor.name()
    if not cursor.says("AS"):
        cursor.rest()
        return o.CreateType(name=name, kind="base")
    if cursor.says("ENUM"):
        inner = cursor.inside(cursor.group())
        labels = () if inner.done() else inner.listed(inner.string)
        return o.CreateType(name=name, kind="enum", labels=labels)
    kind = "range" if cursor.says("RANGE") else "composite"
    cursor.group()
    return o.CreateType(name=name, kind=kind)


_TYPE_CHANGES = (
    ("ADD", "VALUE"), ("RENAME", "VALUE"), ("RENAME", "TO"), ("RENAME", "ATTRIBUTE"),
    ("ADD", "ATTRIBUTE"), ("DROP", "ATTRIBUTE"), ("ALTER", "ATTRIBUTE"), ("SET", "SCHEMA"),
    ("OWNER", "TO"), ("SET",),
)  # fmt: skip


def read_alter_type(cursor: Cursor) -> o.AlterType:
    """Take what follows ALTER TYPE."""
    name = cursor.name()
    for change in _TYPE_CHANGES:
        if cursor.says(*change):
            value = ""
            if change == ("ADD", "VALUE"):
                cursor.says("IF", "NOT", "EXISTS")
                value = cursor.string()
            words = cursor.rest().words
            return o.AlterType(
                name=name, change=" ".join(change), value=value, cascade="CASCADE" in words
            )
    raise NotReadError(cursor.peek(), "a change of the type")


def read_create_domain(cursor: Cursor) -> o.CreateDomain:
    """Take what follows CREATE DOMAIN."""
    name = cursor.name()
    cursor.says("AS")
    base = read_type(cursor)
    words = cursor.rest().words
    not_null = any(pair == ("NOT", "NULL") for pair in pairwise(words))
    return o.CreateDomain(name=name, type=base, constrained="CHECK" in words or not_null)


def read_alter_domain(cursor: Cursor) -> o.AlterDomain:
    """Take what follows ALTER DOMAIN."""
    name = cursor.name()
    constraint = None
    start = cursor.at
    if cursor.says("ADD"):
        constraint = read_table_constraint(_domain_constraint(cursor))
    change = cursor.between(start, len(cursor.tokens)).text
    words = cursor.rest().words
    if not change and not words:
        raise NotReadError(cursor.peek(), "a change of the domain")
    return o.AlterDomain(name=name, change=change, constraint=constraint)


def _domain_constraint(cursor: Cursor) -> Cursor:
    """NOT NULL of a domain names no column: lend it one, so that one reader does for both."""
    rest = cursor.rest()
    if rest.words[-2:] == ("NOT", "NULL"):
        value = rest.tokens[-1]._replace(word="VALUE", text="value")
        return Cursor((*rest.tokens, value), cursor.source)
    return Cursor(rest.tokens, cursor.source)


def read_create_routine(cursor: Cursor, *, replace: bool) -> o.CreateRoutine:
    """Take CREATE FUNCTION or PROCEDURE from its kind on."""
    kind = cursor.take().word
    name = cursor.name()
    inside, rest = cursor.group(), cursor.rest()
    words = rest.words
    atomic = "ATOMIC" in words
    written = writes(rest, cursor) if atomic else ()
    volatility = next((w for w in words if w in {"IMMUTABLE", "STABLE", "VOLATILE"}), "VOLATILE")
    lower = [word.lower() for word in words]
    return o.CreateRoutine(
        name=name,
        kind=kind,
        replace=replace,
        volatility=volatility,
        language=lower[lower.index("language") + 1].strip("'") if "language" in lower else "",
        security_definer="DEFINER" in words,
        signature=read_signature(inside, rest, cursor),
        pins_search_path="search_path" in lower,
        reads=tuple(n for n in relations(rest, cursor) if n not in written) if atomic else (),
        writes=written,
    )


def read_grant(cursor: Cursor, *, revoke: bool) -> o.Grant:
    """Take what follows GRANT or REVOKE."""
    privileges = cursor.until("ON", "TO", "FROM").words
    if not cursor.says("ON"):
        cursor.rest()
        return o.Grant(revoke=revoke, privileges=privileges, kind="ROLE")
    kind = "TABLE"
    if not cursor.says("TABLE"):
        kind = _read_grant_kind(cursor)
    tables = cursor.names() if kind in {"TABLE", "SEQUENCE"} else ()
    routines: tuple[TableName, ...] = ()
    if kind in {"FUNCTION", "PROCEDURE", "ROUTINE"}:
        routines = tuple(name for name, _ in cursor.listed(lambda: _read_signed(cursor)))
    end = "FROM" if revoke else "TO"
    cursor.until(end)
    cursor.need(end)
    cursor.rest()
    return o.Grant(
        revoke=revoke, privileges=privileges, tables=tables, routines=routines, kind=kind
    )


def _read_grant_kind(cursor: Cursor) -> str:
    word = cursor.peek().word
    others = {
        "ALL", "SEQUENCE", "FUNCTION", "PROCEDURE", "ROUTINE", "SCHEMA", "DATABASE", "TYPE",
        "DOMAIN", "LANGUAGE", "TABLESPACE", "FOREIGN", "LARGE", "PARAMETER",
    }  # fmt: skip
    if word in others and cursor.peek(1).word not in {",", ".", "TO", "FROM"}:
        cursor.take()
        return word
    return "TABLE"


def read_owner(inner: Cursor) -> TableName | None:
    """The table of `OWNED BY table.column`."""
    inner.until("OWNED")
    if not inner.says("OWNED", "BY") or inner.says("NONE"):
        return None
    parts = [inner.ident()]
    while inner.says("."):
        parts.append(inner.ident())
    *schema, table, _column = parts if len(parts) > 1 else [*parts, ""]
    return TableName(table, schema[0] if schema else None)


def read_other(cursor: Cursor, verb: str) -> o.Other:
    """Take CREATE or ALTER of a kind that no rule needs in detail."""
    kind = read_kind(cursor)
    rest = cursor.rest()
    if not rest.tokens:
        raise NotReadError(cursor.peek(), "a name")
    return o.Other(
        verb=verb,
        kind=kind,
        name=_name_of(kind, cursor, rest),
        tables=_tables_of(kind, cursor, rest),
        words=rest.words,
    )


def _name_of(kind: str, cursor: Cursor, rest: Expr) -> TableName | None:
    inner = cursor.inside(rest)
    inner.says("IF", "NOT", "EXISTS")
    named = kind in {"SEQUENCE", "SCHEMA", "EXTENSION"} and not inner.sees("AUTHORIZATION")
    return inner.name() if named else None


def _tables_of(kind: str, cursor: Cursor, rest: Expr) -> tuple[TableName, ...]:
    """The tables of statistics and of a publication, and the one that owns a sequence."""
    inner = cursor.inside(rest)
    if kind == "SEQUENCE":
        owner = read_owner(inner)
        return (owner,) if owner else ()
    if kind == "STATISTICS":
        inner.until("FROM")
        return (inner.name(),) if inner.says("FROM") else ()
    if kind != "PUBLICATION":
        return ()
    found: list[TableName] = []
    while not inner.done():
        if inner.says("TABLE") or (found and inner.says(",")):
            found.append(read_only_name(inner))
        else:
            inner.until("TABLE", ",")
            if not inner.done() and not inner.sees("TABLE") and not found:
                inner.take()
    return tuple(found)
