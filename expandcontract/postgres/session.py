"""One connection in autocommit, whatever the driver: the four methods that the engine needs.

Sessions say BEGIN themselves (`transaction`), so that no transaction opens by accident, and keep
no session state, so that they work behind a pooler in transaction mode.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg

from expandcontract.errors import (
    ConnectionLostError,
    DsnUnreadableError,
    OpenTransactionError,
    ServerRefusedError,
)
from expandcontract.postgres.secrets import without_misread_secret, without_secret

Params = Mapping[str, str | None]
"""Parameters are texts; the SQL casts them: `%(id)s::bigint`."""


OWN_BACKEND = "SELECT pg_catalog.pg_backend_pid()"
FROZEN = "5s"
"""A process that stands still in the middle of a transaction loses its connection after so long,
so that nobody waits for its locks; between two of our commands pass milliseconds."""


NO_VALUE = "22000"
"""The SQLSTATE of a value that the driver cannot carry."""

WATCHFUL = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
"""Half a minute without an answer of the other host's network is a lost connection."""


class Session(Protocol):
    """What is asked of a connection."""

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Run a query."""

    def run(self, sql: str, params: Params | None = None) -> int:
        """Run a command; the number of rows it touched."""

    def sibling(self) -> "Session | None":
        """A second session to the same database, or None where there is no way to open one."""

    def reopen(self) -> bool:
        """Connect anew after the connection was lost; false where that is its lender's to do."""

    def is_pooled(self) -> bool:
        """Whether a pooler stands in between, and gives each transaction another server process."""

    def close(self) -> None:
        """End the session, if it is ours to end."""


class PsycopgSession:
    """A psycopg connection in autocommit."""

    def __init__(
        self, connection: psycopg.Connection[Any], *, owned: bool, dsn: str | None = None
    ) -> None:
        self.connection = connection
        self._owned = owned
        self._conninfo = _conninfo(connection)
        self._dsn = self._conninfo if dsn is None else dsn

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Run a query."""
        with self._execute(sql, params) as cursor, translated(sql):
            return cursor.fetchall()

    def run(self, sql: str, params: Params | None = None) -> int:
        """Run a command; the number of rows it touched."""
        with self._execute(sql, params) as cursor:
            return cursor.rowcount

    @contextmanager
    def _execute(self, sql: str, params: Params | None) -> Iterator[psycopg.Cursor[Any]]:
        # Never prepared: a pooler would hand the name to another server connection.
        with translated(sql):
            cursor = self.connection.execute(self._encoded(sql), params, prepare=False)
        with cursor:
            yield cursor

    def _encoded(self, sql: str) -> bytes:
        """The text as the server will read it: a lender's session has the database's encoding."""
        encoding = self.connection.info.encoding
        return sql.encode(
            "utf-8" if encoding == "ascii" else encoding
        )  # SQL_ASCII converts nothing

    def sibling(self) -> Session | None:
        """A second connection to the same server, with the same parameters and password."""
        return _opened(self._conninfo, self._dsn)

    def reopen(self) -> bool:
        """Connect anew, by what was given: of several hosts, or by a name, it may be another one.

        The driver has split that into one address; after a failover it leads to the old primary.
        """
        if not self._owned:
            return False
        fresh = open_session(self._dsn).connection
        self.connection.close()
        self.connection, self._conninfo = fresh, _conninfo(fresh)
        return True

    def is_pooled(self) -> bool:
        """A pooler gives its clients process numbers of its own."""
        return bool(self.rows(OWN_BACKEND)[0][0] != self.connection.info.backend_pid)

    def close(self) -> None:
        """Close the connection, or leave it as it was given to us."""
        if self._owned:
            self.connection.close()


def _conninfo(connection: psycopg.Connection[Any]) -> str:
    """What leads to the same database again; asked for while the connection stands."""
    info = connection.info
    return psycopg.conninfo.make_conninfo(**{**info.get_parameters(), "password": info.password})


def open_session(dsn: str, application_name: str = "expandcontract") -> PsycopgSession:
    """Connect, or say what the server or the network answered; the password is never shown."""
    return _opened(dsn, dsn, application_name)


def _opened(conninfo: str, dsn: str, application_name: str = "expandcontract") -> PsycopgSession:
    try:
        connection = psycopg.connect(
            _watchful(conninfo), autocommit=True, fallback_application_name=application_name
        )
    except psycopg.ProgrammingError as error:
        raise DsnUnreadableError(without_secret(_first_line(error), dsn)) from None
    except psycopg.OperationalError as error:
        host = str(psycopg.conninfo.conninfo_to_dict(conninfo).get("host") or "")
        raise ConnectionLostError(without_misread_secret(str(error).strip(), host)) from None
    connection.prepare_threshold = None
    return PsycopgSession(connection, owned=True, dsn=dsn)


def _watchful(dsn: str) -> str:
    """The DSN, with what lets a network that carries nothing any more be noticed.

    Every letter can be said in the session, whatever the database's own encoding is.
    """
    given = psycopg.conninfo.conninfo_to_dict(dsn)
    told = {**WATCHFUL, **given, "client_encoding": "UTF8"}
    return psycopg.conninfo.make_conninfo("", **told)


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
        if error.sqlstate is None and isinstance(error, psycopg.DataError):
            # The driver's own refusal, of a NUL or a date that Python has not: nothing is lost.
            raise ServerRefusedError(NO_VALUE, _first_line(error), sql=sql) from error
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

    25P03: the server ended a transaction in which nothing happened any more; 25P04: one that was
    too long for it.
    """
    return sqlstate in {"25P03", "25P04"} or (sqlstate[:2] in {"08", "57"} and sqlstate != "57014")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
# From 17 on a role may have a limit of a whole transaction, which ends the connection.
UNLIMITED = """, CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
    THEN pg_catalog.set_config('transaction_timeout', '0', true) END"""


@contextmanager
def transaction(session: Session, asks: str = "NULL", **local: str) -> Iterator[Any]:
    """BEGIN, the given settings with SET LOCAL, and COMMIT, or ROLLBACK on any error.

    In the same round trip the server is asked for the value of an expression, which is given.

    The level is said, since a role or a database may have another default: what is read after a
    lock was waited for has to be what stands then. Where no statement has a time limit, the whole
    has none either.
    """
    with _begun(session, f"{BEGIN} READ WRITE", asks, local) as answer:
        yield answer


@contextmanager
def undone(session: Session, **local: str) -> Iterator[None]:
    """A transaction of which nothing stays, and which the server does not count as a failed one.

    It counts every ROLLBACK; one to a savepoint is none, whatever was refused after it. A server
    that only reads lets it begin.
    """
    refused: ServerRefusedError | None = None
    with _begun(session, BEGIN, "NULL", {"synchronous_commit": "off", **local}):
        session.run("SAVEPOINT undone")
        try:
            yield
        except ServerRefusedError as error:
            refused = error
        session.run("ROLLBACK TO SAVEPOINT undone")
    if refused is not None:
        raise refused


@contextmanager
def _begun(session: Session, begin: str, asks: str, local: dict[str, str]) -> Iterator[Any]:
    settings = {"idle_in_transaction_session_timeout": FROZEN, **local}
    calls = (
        f"pg_catalog.set_config(%(name{n})s, %(value{n})s, true)" for n in range(len(settings))
    )
    params: dict[str, str] = {}
    for number, (name, value) in enumerate(settings.items()):
        params |= {f"name{number}": name.replace("__", "."), f"value{number}": value}
    limit = UNLIMITED if local.get("statement_timeout") == "0" else ""
    session.run(begin)
    try:
        yield session.rows(f"SELECT {asks}, {', '.join(calls)}{limit}", params)[0][0]
    except ConnectionLostError:
        raise
    except BaseException:
        session.run("ROLLBACK")
        raise
    session.run("COMMIT")
