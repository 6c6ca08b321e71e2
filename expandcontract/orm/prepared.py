"""Heals statements that the server has prepared, and that DDL has made useless.

`cached plan must not change result type`: a statement prepared before a column was added or
changed fails in each session that holds it. Where nothing came before it in its transaction, it is
prepared and run again, and nobody notices. In the middle of a transaction that cannot be done,
since what came before is lost with it; the first one that meets it there lets every other
connection of the process prepare anew, and so do the phases that `switches` shows.
"""

from typing import Any, Literal

import psycopg
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

Prepared = Literal["heal", "off", "leave"]

Given = Any
"""Parameters, as the driver takes them."""

STALE_PLAN = "RevalidateCachedQuery"
"""The function of the server that finds a plan useless; its message is in the server's language."""
NOT_PREPARED = "26000"
EPOCH = "expandcontract.epoch"
DRIVERS = {"psycopg", "psycopg_async", "asyncpg"}


class Healing:
    """Listens to one engine; `renew` lets each of its connections prepare anew."""

    def __init__(self, engine: Engine) -> None:
        self._epoch = 0
        self._dialect = engine.dialect
        if engine.dialect.driver in DRIVERS:
            event.listen(engine, "do_execute", self._execute)
            event.listen(engine, "do_executemany", self._executemany)
            event.listen(engine, "do_execute_no_params", self._execute_alone)

    def stop(self, engine: Engine) -> None:
        """Listen no more."""
        if engine.dialect.driver in DRIVERS:
            event.remove(engine, "do_execute", self._execute)
            event.remove(engine, "do_executemany", self._executemany)
            event.remove(engine, "do_execute_no_params", self._execute_alone)

    def renew(self) -> None:
        """The schema has changed: what was prepared before may be useless."""
        self._epoch += 1

    def _execute(
        self, cursor: DBAPICursor, sql: str, params: Given, context: ExecutionContext | None = None
    ) -> bool:
        return self._run(self._dialect.do_execute, (cursor, sql, params, context))

    def _executemany(
        self, cursor: DBAPICursor, sql: str, params: Given, context: ExecutionContext | None = None
    ) -> bool:
        return self._run(self._dialect.do_executemany, (cursor, sql, params, context))

    def _execute_alone(
        self, cursor: DBAPICursor, sql: str, context: ExecutionContext | None = None
    ) -> bool:
        return self._run(self._dialect.do_execute_no_params, (cursor, sql, context))

    def _run(self, execute: Any, call: tuple[Any, ...]) -> bool:  # noqa: ANN401
        cursor, context = call[0], call[-1]
        if context is None or not _is_pooled(context) or not _is_idle(context.root_connection):
            try:
                execute(*call)
            except Exception as error:
                if is_stale(error):
                    self.renew()
                raise
            return True
        connection = context.root_connection
        if connection.info.setdefault(EPOCH, self._epoch) != self._epoch:
            self._forget(connection, cursor)
        try:
            execute(*call)
        except Exception as error:
            if not is_stale(error):
                raise
            connection.connection.dbapi_connection.rollback()
            self.renew()
            self._forget(connection, cursor)
            if self._dialect.driver == "asyncpg":  # SQLAlchemy lets all connections forget
                context.handle_dbapi_exception(error)
                context.pre_exec()
            execute(*call)
        return True

    def _forget(self, connection: Connection, cursor: Any) -> None:  # noqa: ANN401
        """Let the driver and the server forget what is prepared in this session.

        psycopg forgets after a ROLLBACK, and tells the server with its next statement.
        """
        connection.info[EPOCH] = self._epoch
        if self._dialect.driver == "asyncpg":
            return  # SQLAlchemy lets all of its connections forget
        driver: Any = connection.connection.driver_connection
        for command in ("BEGIN", "ROLLBACK") if driver.autocommit else ("ROLLBACK",):
            cursor.execute(command)


def is_stale(error: BaseException) -> bool:
    """Whether a prepared statement is of no use any more."""
    if getattr(error, "sqlstate", None) == NOT_PREPARED:
        return True
    if type(error).__name__ in {"InvalidCachedStatementError", "OutdatedSchemaCacheError"}:
        return True
    diagnostics = getattr(error, "diag", None)
    return getattr(diagnostics, "source_function", None) == STALE_PLAN


def _is_pooled(context: ExecutionContext) -> bool:
    """Whether there is more than the bare connection with which a dialect begins."""
    try:
        return context.root_connection.info is not None
    except NotImplementedError:
        return False


def _is_idle(connection: Connection) -> bool:
    """Whether the session is in no transaction: nothing would be lost with it."""
    driver: Any = connection.connection.driver_connection
    if isinstance(driver, psycopg.Connection | psycopg.AsyncConnection):
        return driver.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    return not driver.is_in_transaction()


def prepare_nothing(dialect: Dialect, params: dict[str, Any]) -> None:
    """Parameters of a connection that lets the server prepare nothing beyond one statement."""
    if dialect.driver == "asyncpg":
        params |= {"prepared_statement_cache_size": 0, "statement_cache_size": 0}
    elif dialect.driver in DRIVERS:
        params["prepare_threshold"] = None
