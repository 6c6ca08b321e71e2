"""What SQLAlchemy's types and columns say, as the SQL that PostgreSQL reads.

The one place in the core that knows SQLAlchemy: its compiler is a function of values, too.
"""

from typing import Any, Protocol

from expandcontract.errors import ArgumentError


class TypeLike(Protocol):
    """A type of SQLAlchemy, as an instance: `sa.Numeric(10, 2)`."""

    def compile(self, dialect: Any = ...) -> str:  # noqa: ANN401
        """The type as DDL spells it."""


class ColumnLike(Protocol):
    """A column of SQLAlchemy: `sa.Column("age", sa.Integer(), nullable=False)`."""

    @property
    def name(self) -> str:
        """Its name in the database."""

    @property
    def type(self) -> Any:  # noqa: ANN401
        """Its type."""


def sql_type(call: str, given: object) -> str:
    """The SQL of a type, whether it is given as text, as a SQLAlchemy type or as its class.

    >>> import sqlalchemy as sa
    >>> [sql_type("ec.X", one) for one in ("bigint", sa.BigInteger, sa.Numeric(10, 2))]
    ['bigint', 'BIGINT', 'NUMERIC(10, 2)']
    """
    if isinstance(given, str) and given.strip():
        return given.strip()
    one = given() if isinstance(given, type) else given
    if not hasattr(one, "compile") or not hasattr(one, "dialect_impl"):
        raise ArgumentError(call, "type", given, "a type: its SQL, or one of SQLAlchemy")
    return str(one.compile(dialect=dialect()))


def dialect() -> Any:  # noqa: ANN401  # its class is SQLAlchemy's
    """The dialect that SQLAlchemy spells DDL for PostgreSQL with.

    Of a style of parameters that has no percent sign: else each one in a text would be doubled.
    """
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # only who uses it pays for it

    return postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def default_of(column: Any) -> str | None:  # noqa: ANN401
    """The server default of a column as SQL, if it has one."""
    spelling = dialect()
    compiler = spelling.ddl_compiler(spelling, None)
    text = compiler.get_column_default_string(column)
    return None if text is None else str(text)


def expression(given: Any) -> str:  # noqa: ANN401
    """An SQL expression as text, with its values written into it."""
    if isinstance(given, str):
        return given
    compiled = given.compile(dialect=dialect(), compile_kwargs={"literal_binds": True})
    return str(compiled)
