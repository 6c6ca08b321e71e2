"""One connection in autocommit, whatever the driver: the four methods that the engine needs.

Sessions say BEGIN themselves (`transaction`), so that no transaction opens by accident, and keep
no session state, so that they work behind a pooler in transaction mode.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg

from expandcontract.errors import ConnectionLostError, OpenTransactionError, ServerRefusedError

Params = Mapping[str, str | None]
"""Parameters are texts; the SQL casts them: `%(id)s::bigint`."""


FROZEN = "5s"
"""A process that stands still in the middle of a transaction loses its connection after so long,
so that nobody waits for its locks; between two of our commands pass milliseconds."""


class Session(Protocol):
    """What is asked of a connection."""

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Run a query."""

    def run(self, sql: str, params: Params | None = None) -> int:
        """Run a command; the number of rows it touched."""

    def sibling(self) -> "Session | None":
        """A second session to the same database, or None where there is no way to open one."""

    def close(self) -> None:
        """End the session, if it is ours to end."""


class PsycopgSession:
    """A psycopg connection in autocommit."""

    def __init__(self, connection: psycopg.Connection[Any], *, owned: bool) -> None:
        self.connection = connection
        self._owned = owned

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Run a query."""
        with self._execute(sql, params) as cursor:
            return cursor.fetchall()

    def run(self, sql: str, params: Params | None = None) -> int:
        """Run a command; the number of rows it touched."""
        with self._execute(sql, params) as cursor:
            return cursor.rowcount

    @contextmanager
    def _execute(self, sql: str, params: Params | None) -> Iterator[psycopg.Cursor[Any]]:
        # Never prepared: a pooler would hand the name to another server connection.
        with translated(sql):
            cursor = self.connection.execute(sql.encode(), params, prepare=False)
        with cursor:
            yield cursor

    def sibling(self) -> Session | None:
        """A second connection, with the same parameters and password."""
        info = self.connection.info
        parameters = {**info.get_parameters(), "password": info.password}
        return open_session(psycopg.conninfo.make_conninfo(**parameters))

    def close(self) -> None:
        """Close the connection, or leave it as it was given to us."""
        if self._owned:
            self.connection.close()


def open_session(dsn: str, application_name: str = "expandcontract") -> PsycopgSession:
    """Connect, or say what the server or the network answered; the password is never shown."""
    try:
        connection = psycopg.connect(
            dsn, autocommit=True, fallback_application_name=application_name, connect_timeout=10
        )
    except psycopg.ProgrammingError as error:
        raise ServerRefusedError("08001", f"the DSN cannot be read: {_first_line(error)}") from None
    except psycopg.OperationalError as error:
        raise ConnectionLostError(str(error).strip()) from None
    connection.prepare_threshold = None
    return PsycopgSession(connection, owned=True)


@contextmanager
def borrowed(connection: psycopg.Connection[Any]) -> Iterator[PsycopgSession]:
    """Work on a connection that somebody else opened, and give it back as it was."""
    status = connection.info.transaction_status
    if status is not psycopg.pq.TransactionStatus.IDLE:
        raise OpenTransactionError
    before = connection.autocommit
    connection.autocommit = True
    try:
        yield PsycopgSession(connection, owned=False)
    finally:
        if not connection.closed:
            connection.autocommit = before


@contextmanager
def translated(sql: str) -> Iterator[None]:
    """Turn the driver's errors into ours, which carry the SQLSTATE whatever the driver."""
    try:
        yield
    except psycopg.Error as error:
        diagnostics = error.diag
        if error.sqlstate is None or _is_gone(error.sqlstate):
            raise ConnectionLostError(_first_line(error)) from error
        raise ServerRefusedError(
            error.sqlstate,
            diagnostics.message_primary or _first_line(error),
            detail=diagnostics.message_detail,
            hint=diagnostics.message_hint,
            sql=sql,
        ) from error


def _is_gone(sqlstate: str) -> bool:
    """57014 (a cancelled statement) leaves the connection alive; its siblings do not.

    25P03: the server ended a transaction in which nothing happened any more.
    """
    return sqlstate == "25P03" or (sqlstate[:2] in {"08", "57"} and sqlstate != "57014")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def transaction(session: Session, **local: str) -> Iterator[None]:
    """BEGIN, the given settings with SET LOCAL, and COMMIT, or ROLLBACK on any error.

    The level is said, since a role or a database may have another default: what is read after a
    lock was waited for has to be what stands then.
    """
    settings = {"idle_in_transaction_session_timeout": FROZEN, **local}
    calls = (
        f"pg_catalog.set_config(%(name{n})s, %(value{n})s, true)" for n in range(len(settings))
    )
    params: dict[str, str] = {}
    for number, (name, value) in enumerate(settings.items()):
        params |= {f"name{number}": name.replace("__", "."), f"value{number}": value}
    session.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    try:
        session.rows(f"SELECT {', '.join(calls)}", params)
        yield
    except ConnectionLostError:
        raise
    except BaseException:
        session.run("ROLLBACK")
        raise
    session.run("COMMIT")
