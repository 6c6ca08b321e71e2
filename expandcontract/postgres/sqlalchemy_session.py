"""A SQLAlchemy connection as a Session: Alembic's own, with whatever driver is below it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import exc

from expandcontract.errors import ConnectionLostError, ServerRefusedError
from expandcontract.postgres.session import NO_VALUE, Params, PsycopgSession, Session

_SPECIAL = re.compile(r"%%|%\((?P<parameter>\w+)\)s|:")


class SqlAlchemySession:
    """A connection whose isolation level is AUTOCOMMIT already; it stays the caller's."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Run a query."""
        with self._execute(sql, params) as result, _translated(sql):
            return [tuple(row) for row in result.fetchall()] if result.returns_rows else []

    def run(self, sql: str, params: Params | None = None) -> int:
        """Run a command; the number of rows it touched."""
        with self._execute(sql, params) as result:
            return result.rowcount

    @contextmanager
    def _execute(self, sql: str, params: Params | None) -> Iterator[sqlalchemy.CursorResult[Any]]:
        with _translated(sql):
            if params is None:
                result = self.connection.exec_driver_sql(
                    sql, execution_options={"no_parameters": True}
                )
            else:
                result = self.connection.execute(_text(sql), dict(params))
        try:
            yield result
        finally:
            result.close()

    def sibling(self) -> Session | None:
        """A second connection where the driver is psycopg; others tell too little of theirs."""
        driver = self.connection.connection.driver_connection
        if isinstance(driver, psycopg.Connection):
            return PsycopgSession(driver, owned=False).sibling()
        return None

    def reopen(self) -> bool:
        """Its lender's to mend."""
        return False

    def is_pooled(self) -> bool:
        """Asked of the driver where that is psycopg; the others tell too little."""
        driver = self.connection.connection.driver_connection
        if isinstance(driver, psycopg.Connection):
            return PsycopgSession(driver, owned=False).is_pooled()
        return False

    def close(self) -> None:
        """Leave the connection to whoever opened it."""


def _text(sql: str) -> sqlalchemy.TextClause:
    """Our `%(name)s` as SQLAlchemy's `:name`; every other colon means itself.

    The type is said: asyncpg would else take it from the SQL's cast, and refuse a text.
    """

    def spelt(found: re.Match[str]) -> str:
        if name := found["parameter"]:
            return f"(CAST(:{name} AS text))"
        return "%" if found[0] == "%%" else r"\:"

    return sqlalchemy.text(_SPECIAL.sub(spelt, sql))


@contextmanager
def _translated(sql: str) -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as error:
        raise _ours(error, sql) from error
    except exc.PendingRollbackError as error:  # the connection was lost before
        raise ConnectionLostError(str(error.args[0])) from error


def _ours(error: exc.DBAPIError, sql: str) -> ConnectionLostError | ServerRefusedError:
    original = error.orig
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    message = (str(original).strip().splitlines() or [type(original).__name__])[0]
    if state is None and isinstance(error, exc.DataError):
        return ServerRefusedError(NO_VALUE, message, sql=sql)
    if state is None or error.connection_invalidated:
        return ConnectionLostError(message)
    diagnostics = getattr(original, "diag", None)
    return ServerRefusedError(
        state,
        getattr(diagnostics, "message_primary", None) or message,
        detail=getattr(diagnostics, "message_detail", None),
        hint=getattr(diagnostics, "message_hint", None),
        sql=sql,
    )
