"""A Session from whatever a user has: a DSN, a psycopg connection, an engine, a connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Union

import psycopg

from expandcontract.errors import OpenTransactionError
from expandcontract.postgres.session import Session, borrowed, open_session

if TYPE_CHECKING:  # SQLAlchemy takes long to import, and a DSN needs none of it
    import sqlalchemy
    from sqlalchemy.engine.interfaces import IsolationLevel

Target = Union[str, "psycopg.Connection[Any]", "sqlalchemy.Engine", "sqlalchemy.Connection"]


@contextmanager
def session_for(target: Target) -> Iterator[Session]:
    """Open a session, or borrow one that is not in a transaction, for the length of a block."""
    if isinstance(target, str):
        opened = open_session(libpq_dsn(target))
        try:
            yield opened
        finally:
            opened.close()
    elif isinstance(target, psycopg.Connection):
        with borrowed(target) as session:
            yield session
    else:
        with _sqlalchemy(target) as session:
            yield session


@contextmanager
def _sqlalchemy(target: "sqlalchemy.Engine | sqlalchemy.Connection") -> Iterator[Session]:
    import sqlalchemy  # noqa: PLC0415  # see above

    from expandcontract.postgres.sqlalchemy_session import SqlAlchemySession  # noqa: PLC0415

    if isinstance(target, sqlalchemy.Engine):
        with target.connect() as connection:
            yield SqlAlchemySession(connection.execution_options(isolation_level="AUTOCOMMIT"))
        return
    if target.in_transaction():
        raise OpenTransactionError
    # The level is asked of the server, which knows nothing of the driver's autocommit.
    is_autocommit = getattr(target.connection.dbapi_connection, "autocommit", False)
    before: IsolationLevel = "AUTOCOMMIT" if is_autocommit else target.get_isolation_level()
    target.execution_options(isolation_level="AUTOCOMMIT")
    try:
        yield SqlAlchemySession(target)
    finally:
        target.rollback()  # ends SQLAlchemy's own notion of a transaction; in autocommit, no more
        target.execution_options(isolation_level=before)


def libpq_dsn(dsn: str) -> str:
    """A URL without SQLAlchemy's driver: `postgresql+asyncpg://` is `postgresql://` to libpq.

    >>> libpq_dsn("postgresql+psycopg://u@h/db"), libpq_dsn("host=h dbname=db")
    ('postgresql://u@h/db', 'host=h dbname=db')
    """
    scheme, colon, rest = dsn.partition("://")
    return f"{scheme.split('+', 1)[0]}{colon}{rest}" if colon else dsn
