"""What `op.get_bind()` gives a revision that is only read: it writes, and knows no rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.exc import CompileError
from sqlalchemy.inspection import _inspects
from sqlalchemy.sql import Insert, Update
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.type_api import TypeEngine

from expandcontract.ops.reading.written import Written

NO_ROWS = "it asks for rows; what follows is judged as if there were none"

_NOTHING = frozenset({"first", "one_or_none", "scalar", "scalar_one_or_none", "fetchone"})
_LISTS = frozenset({"all", "fetchall", "fetchmany", "partitions"})
_SELF = frozenset({"scalars", "mappings", "columns", "unique", "tuples", "yield_per", "freeze"})


class Answer:
    """The result of a statement that nobody ran."""

    def __init__(self, written: Written) -> None:
        self._written = written

    def __iter__(self) -> Iterator[object]:
        self._written.note(NO_ROWS)
        return iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def close(self) -> None:
        """There is nothing to close."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""
        self._written.note(NO_ROWS)
        return 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # a result has some forty methods
        if name in _SELF:
            return lambda *_: self
        if name not in _NOTHING | _LISTS:
            raise self._written.needs(f"it asks a result for {name!r}")
        self._written.note(NO_ROWS)
        return lambda *_: None if name in _NOTHING else []


class Binding(MockConnection):
    """A connection that writes what it is given, parameters in place."""

    def __init__(self, context: MigrationContext, written: Written) -> None:
        super().__init__(context.dialect, self._write)
        self._context = context
        self._written = written

    def _write(self, construct: Any, parameters: Any = None) -> Answer:  # noqa: ANN401
        construct = text(construct) if isinstance(construct, str) else construct
        for one in _each(parameters):
            self._context.impl._exec(_with(construct, one))  # noqa: SLF001  # as Alembic's own does
        return Answer(self._written)

    def execute(self, obj: Any, parameters: Any = None, execution_options: Any = None) -> Any:  # noqa: ANN401, ARG002
        """Write a statement."""
        return self._write(obj, parameters)

    def exec_driver_sql(self, statement: str, parameters: object = None, **_: object) -> Answer:
        """Write a statement that is not for SQLAlchemy to read."""
        if parameters:
            raise self._written.needs("it gives a driver's statement its parameters")
        self._context.impl.static_output(statement.rstrip().rstrip(";") + ";")
        return Answer(self._written)

    def scalar(self, statement: object, parameters: object = None, **_: object) -> None:
        """The first value of no row."""
        self._write(statement, parameters).scalar()

    def scalars(self, statement: object, parameters: object = None, **_: object) -> Answer:
        """The first column of no rows."""
        return self._write(statement, parameters)

    def in_transaction(self) -> bool:
        """Alembic's own transaction."""
        return True

    @contextmanager
    def begin(self) -> Iterator[Self]:
        """Within Alembic's transaction."""
        yield self

    begin_nested = begin

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def close(self) -> None:
        """There is nothing to close."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("_"):
            raise AttributeError(name)
        raise self.needs(f"it asks the connection for {name!r}")

    def needs(self, reason: str) -> Exception:
        """The error of a line that cannot go on without a database."""
        return self._written.needs(reason)


@_inspects(Binding)
def _inspected(binding: Binding) -> object:
    """What `sqlalchemy.inspect()` makes of it."""
    raise binding.needs("it inspects the database")


def _each(parameters: object) -> Sequence[Mapping[str, Any] | None]:
    if isinstance(parameters, Mapping):
        return [parameters]
    return list(parameters) if isinstance(parameters, Sequence) and parameters else [None]


def _with(construct: Any, parameters: Mapping[str, Any] | None) -> Any:  # noqa: ANN401
    if not parameters:
        return construct
    if isinstance(construct, TextClause):
        return construct.bindparams(**parameters)
    if isinstance(construct, Insert | Update):
        names = {column.key for column in construct.table.c}
        construct = construct.values({k: v for k, v in parameters.items() if k in names})
        parameters = {k: v for k, v in parameters.items() if k not in names}
    return construct.params(**parameters) if parameters else construct


def bind(context: MigrationContext, written: Written) -> None:
    """Let a context write for one function of one revision."""
    context.impl.output_buffer = written  # type: ignore[assignment]  # it has what is asked of it
    context.output_buffer = written  # type: ignore[assignment]
    binding = Binding(context, written)
    context.connection = binding  # type: ignore[assignment]
    context.impl.connection = binding  # type: ignore[assignment]


def write_any_value(context: MigrationContext) -> None:
    """Let values be written for which their type knows no literal: as their text."""
    base = context.dialect.statement_compiler

    class Compiler(base):  # type: ignore[misc, valid-type]  # whichever the dialect has
        def render_literal_value(self, value: object, type_: TypeEngine[Any]) -> str:
            try:
                rendered: str = super().render_literal_value(value, type_)
            except (CompileError, NotImplementedError):
                return "'" + str(value).replace("'", "''") + "'"
            return rendered

    context.dialect.statement_compiler = Compiler
