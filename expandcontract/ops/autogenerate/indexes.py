"""An index of the models in the words of our changes."""

from collections.abc import Iterator
from typing import Any

from alembic.operations import ops
from sqlalchemy import Column
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import TextClause, UnaryExpression

from expandcontract.changes._index_words import ordered

OURS = {
    "postgresql_using": "method",
    "postgresql_where": "where",
    "postgresql_include": "include",
    "postgresql_nulls_not_distinct": "nulls_not_distinct",
}
OPERATORS = "postgresql_ops"
MEANS_NOTHING = {"postgresql_with", "postgresql_concurrently"}
"""Options that say nothing where they are empty."""

_WORDS = {
    operators.desc_op: " DESC",
    operators.asc_op: "",
    operators.nulls_first_op: " NULLS FIRST",
    operators.nulls_last_op: " NULLS LAST",
}


def fields_of(op: ops.CreateIndexOp) -> dict[str, Any] | None:
    """The fields of AddIndex, or None where they cannot say what the model says."""
    classes = dict(op.kw.get(OPERATORS) or {})
    fields: dict[str, Any] = {
        "index_name": op.index_name,
        "columns": tuple(_key(element, classes) for element in op.columns),
        "unique": bool(op.unique),
    }
    if classes:
        return None  # it names a key that is not there, or one that nothing can be said behind
    for name, value in op.kw.items():
        if name in OURS and value not in (None, False):
            fields[OURS[name]] = _field(name, value)
        elif value and name != OPERATORS and (name not in OURS or name in MEANS_NOTHING):
            return None
    return None if op.index_name is None else fields


def _field(name: str, value: Any) -> Any:  # noqa: ANN401  # what a dialect's option holds
    match name:
        case "postgresql_where":
            return value if isinstance(value, str) else _sql(value)
        case "postgresql_include":
            return tuple(str(getattr(one, "name", one)) for one in value)
        case _:
            return value


def _key(element: Any, classes: dict[str, str]) -> str:  # noqa: ANN401
    """A column by its name, anything else in parentheses; then its operator class and order."""
    words = "".join(reversed(list(_order(element))))
    while isinstance(element, UnaryExpression) and element.modifier in _WORDS:
        element = element.element
    name = element if isinstance(element, str) else getattr(element, "key", None)
    class_ = classes.pop(str(name), "") if name is not None else ""
    class_ = f" {class_}" if class_ else ""
    if isinstance(element, str):
        return element + class_ + words
    if isinstance(element, TextClause):
        body, order = ordered(element.text)
        return f"{body if body.isidentifier() else f'({body})'} {order}".rstrip() + words
    text = str(element.name) if isinstance(element, Column) else f"({_sql(element)})"
    return text + class_ + words


def _order(element: Any) -> Iterator[str]:  # noqa: ANN401
    while isinstance(element, UnaryExpression) and element.modifier in _WORDS:
        yield _WORDS[element.modifier]
        element = element.element


def _sql(element: Any) -> str:  # noqa: ANN401
    """An expression as DDL spells it: values written out, columns without their table."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    compiler = dialect.statement_compiler(dialect, None)
    return str(compiler.process(element, include_table=False, literal_binds=True))
