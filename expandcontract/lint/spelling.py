"""Definitions as the server spells them when it is asked for them again."""

import re

from expandcontract.lint.cursor import Cursor, Expr, unwrapped
from expandcontract.lint.forms.constraint import (
    Check,
    Constraint,
    Exclude,
    ForeignKey,
    NotNull,
    Unique,
)
from expandcontract.lint.tokens import Kind
from expandcontract.lint.types import TypeName, read_type
from expandcontract.model.names import TableName, quoted

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary
    bit boolean both case cast char character check coalesce collate collation column
    concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user dec decimal default
    deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int
    integer intersect interval into is isnull join json lateral leading least left like
    limit localtime localtimestamp merge_action national natural nchar none normalize not
    notnull null nullif numeric offset on only or order out outer overlaps overlay placing
    position precision primary real references returning right row select session_user setof
    similar smallint some substring symmetric table tablesample then time timestamp to
    trailing treat trim true union unique user using values varchar variadic verbose when
    where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces
    xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split()  # noqa: SIM905  (a hundred words read better as words)
)


def ident(name: str) -> str:
    """Quote a name only where the server would.

    >>> ident("note"), ident("Order"), ident("select")
    ('note', '"Order"', '"select"')
    """
    return name if _PLAIN.match(name) and name not in _RESERVED else quoted(name)


def listed(columns: tuple[str, ...]) -> str:
    """Columns in parentheses."""
    return f"({', '.join(ident(column) for column in columns)})"


def key_columns(columns: tuple[str, ...], before: str = "", after: str = "") -> str:
    """Columns in parentheses, with words before and after the last one.

    >>> key_columns(("id", "at"), "PERIOD "), key_columns(("id", "at"), after=" WITHOUT OVERLAPS")
    ('(id, PERIOD at)', '(id, at WITHOUT OVERLAPS)')
    """
    names = [ident(column) for column in columns]
    return f"({', '.join([*names[:-1], f'{before}{names[-1]}{after}'])})" if names else "()"


def relation(name: TableName) -> str:
    """A table's name, without its schema where that is `public`."""
    if name.schema in {None, "public"}:
        return ident(name.name)
    return f"{ident(name.schema or '')}.{ident(name.name)}"


def definition(constraint: Constraint) -> str:
    """A constraint as `pg_get_constraintdef` gives it, expressions as they were written."""
    match constraint:
        case Check():
            text = f"CHECK (({casts(constraint.condition.text)}))"
            text += " NO INHERIT" if constraint.no_inherit else ""
            return text + _doubt(not_valid=constraint.not_valid, enforced=constraint.enforced)
        case ForeignKey():
            return _foreign_key(constraint)
        case Unique():
            text = "PRIMARY KEY" if constraint.primary else "UNIQUE"
            text += " NULLS NOT DISTINCT" if constraint.nulls_not_distinct else ""
            after = " WITHOUT OVERLAPS" if constraint.without_overlaps else ""
            text += f" {key_columns(constraint.columns, after=after)}"
            text += f" INCLUDE {listed(constraint.include)}" if constraint.include else ""
            return text + _deferral(deferrable=constraint.deferrable, deferred=constraint.deferred)
        case Exclude():
            return f"EXCLUDE USING {constraint.method} ({constraint.elements.text})"
        case NotNull():
            text = f"NOT NULL {ident(constraint.column)}"
            return text + (" NOT VALID" if constraint.not_valid else "")


def _foreign_key(key: ForeignKey) -> str:
    before = "PERIOD " if key.period else ""
    text = f"FOREIGN KEY {key_columns(key.columns, before)} REFERENCES {relation(key.parent)}"
    text += key_columns(key.parent_columns, before)
    for part in re.findall(
        r"(?:ON (?:DELETE|UPDATE) (?:SET \w+|\w+)|MATCH FULL)", key.rest.upper()
    ):
        text += "" if part.endswith(" NO") else f" {part}"
    text += _deferral(deferrable=key.deferrable, deferred=key.deferred)
    return text + _doubt(not_valid=key.not_valid, enforced=key.enforced)


def _doubt(*, not_valid: bool, enforced: bool) -> str:
    """NOT ENFORCED is told alone: what is not enforced is not valid either."""
    if not enforced:
        return " NOT ENFORCED"
    return " NOT VALID" if not_valid else ""


def _deferral(*, deferrable: bool, deferred: bool) -> str:
    if deferred:
        return " DEFERRABLE INITIALLY DEFERRED"
    return " DEFERRABLE" if deferrable else ""


def casts(text: str) -> str:
    """Put a name that is cast into parentheses, as the server does.

    >>> casts("lower(note::text)"), casts("'x'::text")
    ('lower((note)::text)', "'x'::text")
    """
    return re.sub(r"(?<![\w.)'\"])([A-Za-z_]\w*)::", r"(\1)::", text)


def default(expression: Expr, column: TypeName | None) -> str | None:
    """A default as `pg_get_expr` gives it, for the forms that people write."""
    expression = unwrapped(expression)
    tokens = expression.tokens
    words = expression.words
    if words == ("NULL",):
        return None
    if len(tokens) == 1:
        return _one_token(expression, column)
    if len(tokens) == 2 and words[0] == "-" and tokens[1].kind is Kind.NUMBER:  # noqa: PLR2004
        return f"'-{tokens[1].text}'::integer"
    if "::" in words and tokens[0].kind is Kind.STRING and words.index("::") == 1:
        return _cast(expression)
    if words[1:] == ("(", ")") and tokens[0].kind is Kind.WORD:
        return f"{tokens[0].text.lower()}()"
    return expression.text


def _cast(expression: Expr) -> str:
    cursor = Cursor(expression.tokens[2:], expression.text)
    target = read_type(cursor)
    return f"{expression.tokens[0].text}::{target}" if cursor.done() else expression.text


_NUMBERS = frozenset({"integer", "numeric"})


def _one_token(expression: Expr, column: TypeName | None) -> str:
    token = expression.tokens[0]
    if token.kind is Kind.WORD:
        upper = token.text.upper()
        return upper if upper.startswith(("CURRENT_", "LOCALTIME", "SESSION_")) else upper.lower()
    if token.kind is not Kind.STRING or column is None:
        return token.text
    if column.base in _NUMBERS and not column.array:
        return token.text.strip("'")
    if column.base == "boolean" and not column.array:
        yes = token.text.strip("'").lower()[:1] in {"t", "y", "1"}
        return "true" if yes else "false"
    bare = TypeName(column.base, (), column.array, column.schema)
    name = "bpchar" if bare.base == "character" and not bare.array else str(bare)
    return f"{token.text}::{name}"
