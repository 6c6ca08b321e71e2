"""Whatever the driver, the same question has the same answer and the same error."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy
from psycopg.conninfo import make_conninfo
from sqlalchemy.ext.asyncio import create_async_engine

from expandcontract.errors import (
    ConnectionLostError,
    DsnUnreadableError,
    OpenTransactionError,
    ServerRefusedError,
)
from expandcontract.postgres.opening import libpq_dsn, session_for
from expandcontract.postgres.session import Params, Session, borrowed, open_session, transaction
from tests.support.databases import Databases
from tests.support.proxy import TcpProxy

Connect = Callable[..., psycopg.Connection]
Work = Callable[[Session], object]
Driver = Callable[[str, Work], object]


def url(dsn: str, driver: str) -> sqlalchemy.URL:
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    return sqlalchemy.URL.create(
        f"postgresql+{driver}",
        username=str(parts.get("user") or "") or None,
        password=str(parts.get("password") or "") or None,
        host=str(parts.get("host") or "") or None,
        port=int(str(parts.get("port") or 5432)),
        database=str(parts["dbname"]),
    )


@contextmanager
def engine_of(dsn: str) -> Iterator[sqlalchemy.Engine]:
    engine = sqlalchemy.create_engine(url(dsn, "psycopg"))
    try:
        yield engine
    finally:
        engine.dispose()


def by_dsn(dsn: str, work: Work) -> object:
    with session_for(dsn) as session:
        return work(session)


def by_psycopg(dsn: str, work: Work) -> object:
    with psycopg.connect(dsn) as connection, session_for(connection) as session:
        return work(session)


def by_engine(dsn: str, work: Work) -> object:
    with engine_of(dsn) as engine, session_for(engine) as session:
        return work(session)


def by_connection(dsn: str, work: Work) -> object:
    with engine_of(dsn) as engine, engine.connect() as connection, session_for(connection) as s:
        return work(s)


def by_asyncpg(dsn: str, work: Work) -> object:
    """As an async `env.py` of Alembic does it: below `run_sync`."""

    def inside(connection: sqlalchemy.Connection) -> object:
        with session_for(connection) as session:
            return work(session)

    async def run() -> object:
        engine = create_async_engine(url(dsn, "asyncpg"))
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(inside)
        finally:
            await engine.dispose()

    return asyncio.run(run())


DRIVERS = (by_dsn, by_psycopg, by_engine, by_connection, by_asyncpg)
every_driver = pytest.mark.parametrize("driver", DRIVERS, ids=lambda f: f.__name__)

QUESTIONS: tuple[tuple[str, Params | None, object], ...] = (
    ("SELECT 1, 'a', NULL, true, 1.5::float8", None, (1, "a", None, True, 1.5)),
    ("SELECT 10 % 3", None, (1,)),
    ("SELECT 10 %% 3", {}, (1,)),
    ("SELECT 'a:b', ':x', 'x'::text, '::', '12:30'::time::text", None, None),
    ("SELECT 'a:b', ':x', 'x'::text, '::', '12:30'::time::text", {}, None),
    ("SELECT %(a)s || ':b' || '%%s'", {"a": ":c"}, (":c:b%s",)),
    ("SELECT '%%(x)s %%%%(x)s :y' || %(z)s", {"z": "!"}, ("%(x)s %%(x)s :y!",)),
    ("SELECT %(a)s::bigint + 1, %(a)s::text", {"a": "41"}, (42, "41")),
    ("SELECT (%(a)s::integer[])[2:3]::text", {"a": "{1,2,3}"}, ("{2,3}",)),
    ("SELECT %(a)s::text IS NULL, %(b)s", {"a": None, "b": "100% :sure %(b)s"}, None),
    ("SELECT E'\\\\:x', E'\\\\', 'a\\:b'", {}, None),
    ("SELECT E'\\\\:x', E'\\\\', 'a\\:b'", None, None),
    ("SELECT %(a)s", {"a": 'it\'s \\ "é" \n $1 ? :p'}, ('it\'s \\ "é" \n $1 ? :p',)),
    ("SELECT '{\"a\": 1}'::jsonb ? 'a', $$a$$, 'x' ~ '^x$'", {}, (True, "a", True)),
    ('SELECT 1 AS "a%%b:c", 2 AS "d"', {}, (1, 2)),
    ("SELECT 2 ^ 3, 7 / 2, -5 %% 3, 'ab' LIKE 'a%%'", {}, (8.0, 3, -2, True)),
    ("/* :x %% */ SELECT 1 -- :y", {}, (1,)),
)


@every_driver
@pytest.mark.parametrize(("sql", "params", "answer"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_every_driver_gives_the_same_answer(
    dsn: str, driver: Driver, sql: str, params: Params | None, answer: object
) -> None:
    rows = driver(dsn, lambda session: session.rows(sql, params))

    assert rows == ([answer] if answer else by_dsn(dsn, lambda s: s.rows(sql, params)))


@every_driver
def test_a_value_that_cannot_be_carried_is_no_lost_connection(dsn: str, driver: Driver) -> None:
    """A NUL on the way there, a date that Python has not on the way back."""

    def work(session: Session) -> object:
        with pytest.raises(ServerRefusedError) as there:
            session.rows("SELECT %(a)s::text", {"a": "a\0b"})
        back = ""
        if driver is not by_asyncpg:  # which gives the last moment that there is
            with pytest.raises(ServerRefusedError) as caught:
                session.rows("SELECT timestamp 'infinity'", None)
            back = caught.value.sqlstate
        return there.value.sqlstate[:2], back[:2], session.rows("SELECT 1")

    assert driver(dsn, work) == ("22", "" if driver is by_asyncpg else "22", [(1,)])


@every_driver
def test_a_command_says_how_many_rows_it_touched(dsn: str, driver: Driver) -> None:
    def work(session: Session) -> list[int]:
        session.run("CREATE TABLE t (a int)")
        many = session.run("INSERT INTO t SELECT generate_series(1, %(n)s::int)", {"n": "5"})
        none = session.run("DELETE FROM t WHERE a > 9")
        return [many, none, session.run("UPDATE t SET a = a")]

    assert driver(dsn, work) == [5, 0, 5]


@every_driver
def test_a_transaction_is_whole_or_nothing(dsn: str, driver: Driver) -> None:
    def work(session: Session) -> object:
        session.run("CREATE TABLE t (a int)")
        with transaction(session, lock_timeout="77ms", expandcontract__backfill="k"):
            session.run("INSERT INTO t VALUES (1)")
            inside = session.rows(
                "SELECT current_setting('lock_timeout'), current_setting('expandcontract.backfill')"
            )
        with suppress(ZeroDivisionError), transaction(session):
            session.run("INSERT INTO t VALUES (2)")
            raise ZeroDivisionError
        with suppress(ServerRefusedError), transaction(session):
            session.run("INSERT INTO t VALUES (3)")
            session.run("SELECT 1 / 0")
        after = session.rows("SELECT current_setting('lock_timeout'), txid_current_if_assigned()")
        return inside, session.rows("SELECT a FROM t"), after

    assert driver(dsn, work) == ([("77ms", "k")], [(1,)], [("0", None)])


@every_driver
def test_the_isolation_level_is_ours_whatever_the_database_says(dsn: str, driver: Driver) -> None:
    name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
    with psycopg.connect(dsn, autocommit=True) as connection:
        for setting in (
            "default_transaction_isolation = serializable",
            "default_transaction_read_only = on",
        ):
            connection.execute(f"ALTER DATABASE {name} SET {setting}".encode())

    def work(session: Session) -> object:
        with transaction(session):
            session.run("CREATE TABLE t (a int)")
            return session.rows("SHOW transaction_isolation")

    assert driver(dsn, work) == [("read committed",)]


REFUSED = {
    "SELECT 1 / 0": "22012",
    "SELECT nothing": "42703",
    "SELECT * FROM nowhere": "42P01",
    "SELEC": "42601",
    "SELECT 'x'::int": "22P02",
}


@every_driver
@pytest.mark.parametrize("params", [None, {}], ids=["alone", "with parameters"])
def test_an_error_has_the_servers_state_and_words(
    dsn: str, driver: Driver, params: Params | None
) -> None:
    def work(session: Session) -> object:
        found = {}
        for sql in REFUSED:
            with pytest.raises(ServerRefusedError) as caught:
                session.run(sql, params)
            found[sql] = caught.value.sqlstate
            assert caught.value.sql == sql
            assert "asyncpg" not in str(caught.value)
        assert session.rows("SELECT 1") == [(1,)]
        return found

    assert driver(dsn, work) == REFUSED


@every_driver
def test_a_session_that_was_ended_is_told_from_a_refusal(
    dsn: str, driver: Driver, connection: psycopg.Connection
) -> None:
    def work(session: Session) -> object:
        pid = session.rows("SELECT pg_backend_pid()")[0][0]
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(ConnectionLostError):
            session.rows("SELECT 1")
        with pytest.raises(ConnectionLostError), transaction(session):
            pass
        return None

    driver(dsn, work)


@every_driver
def test_a_cancelled_statement_leaves_the_session_alive(
    dsn: str, driver: Driver, connection: psycopg.Connection
) -> None:
    def work(session: Session) -> object:
        pid = session.rows("SELECT pg_backend_pid()")[0][0]
        timer = threading.Timer(0.2, connection.execute, ["SELECT pg_cancel_backend(%s)", [pid]])
        timer.start()
        with pytest.raises(ServerRefusedError) as caught:
            session.rows("SELECT pg_sleep(5)")
        timer.join()
        assert caught.value.sqlstate == "57014"
        return session.rows("SELECT 1")

    assert driver(dsn, work) == [(1,)]


@every_driver
def test_a_sibling_is_another_session_to_the_same_database(dsn: str, driver: Driver) -> None:
    def work(session: Session) -> object:
        sibling = session.sibling()
        if sibling is None:
            return None
        try:
            both = [
                s.rows("SELECT pg_backend_pid(), current_database()")[0] for s in (session, sibling)
            ]
        finally:
            sibling.close()
        return both[0][0] != both[1][0] and both[0][1] == both[1][1]

    assert driver(dsn, work) is (None if driver is by_asyncpg else True)


def test_a_psycopg_connection_comes_back_as_it_was(dsn: str) -> None:
    for autocommit in (True, False):
        with psycopg.connect(dsn, autocommit=autocommit) as connection:
            with borrowed(connection) as session:
                session.run("CREATE TEMP TABLE t (a int)")
                session.close()
            assert connection.autocommit is autocommit
            assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
            assert connection.execute("SELECT count(*) FROM t").fetchall() == [(0,)]


def test_a_connection_in_a_transaction_is_not_taken(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT 1")
        with pytest.raises(OpenTransactionError), session_for(connection):
            pass
    with engine_of(dsn) as engine, engine.begin() as other:
        other.execute(sqlalchemy.text("SELECT 1"))
        with pytest.raises(OpenTransactionError), session_for(other):
            pass


@pytest.mark.parametrize("level", ["READ COMMITTED", "SERIALIZABLE", "AUTOCOMMIT"])
def test_a_sqlalchemy_connection_comes_back_as_it_was(dsn: str, level: str) -> None:
    with engine_of(dsn) as engine, engine.connect() as connection:
        connection.execution_options(isolation_level=level)
        for command in ("CREATE TABLE kept (a int)", "SELECT 1 / 0"):
            with suppress(ServerRefusedError), session_for(connection) as session:
                session.run(command)
            assert not connection.in_transaction()
            assert connection.get_isolation_level() == (
                "READ COMMITTED" if level == "AUTOCOMMIT" else level
            )
            connection.execute(sqlalchemy.text("INSERT INTO kept VALUES (1)"))
            connection.rollback()
        expected = 2 if level == "AUTOCOMMIT" else 0
        assert connection.scalar(sqlalchemy.text("SELECT count(*) FROM kept")) == expected


@pytest.mark.parametrize(
    "dsn", ["host=127.0.0.1 port=1 connect_timeout=2", "postgresql://nobody@/x?host=/nowhere"]
)
def test_a_server_that_does_not_answer_is_a_lost_connection(dsn: str) -> None:
    with pytest.raises(ConnectionLostError):
        open_session(dsn)


@pytest.mark.parametrize(
    "dsn",
    [
        "hostt=x password=secret",
        "host=x password=very secret",
        "postgresql://joe:p%zzsecret@h/x",
        "postgresql://joe:my secret@h/x",
        "postgresql://joe:my/a?secret@h/x",
        "postgresql://joe:%00secret@h/x",
    ],
)
def test_a_dsn_that_cannot_be_read_says_so_and_no_secret(dsn: str) -> None:
    with pytest.raises(DsnUnreadableError, match="DSN cannot be read") as caught:
        open_session(dsn)
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_network_error_says_no_secret() -> None:
    """What stands between the first and the last @ is read as a host."""
    with pytest.raises(ConnectionLostError) as caught:
        open_session("postgresql://joe:my@secret@nowhere.invalid/x")
    assert "secret" not in str(caught.value)


def test_of_several_hosts_another_one_is_found_again(dsn: str) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    with TcpProxy(dsn) as proxy:
        ports = f"{urlsplit(proxy.dsn).port},{parts['port']}"
        both = make_conninfo(dsn, host=f"127.0.0.1,{parts['host']}", port=ports)
        session = open_session(make_conninfo(both, connect_timeout=3))
        try:
            own = session.connection.info
            assert (own.port, own.get_parameters()["connect_timeout"]) == (
                urlsplit(proxy.dsn).port,
                "3",
            )
            proxy.refuse()
            proxy.cut()
            with pytest.raises(ConnectionLostError):
                session.rows("SELECT 1")

            assert session.reopen()

            assert session.rows("SELECT 1") == [(1,)]
            sibling = session.sibling()
            assert sibling is not None
            assert sibling.rows("SELECT 1") == [(1,)]
            sibling.close()
        finally:
            session.close()


def test_the_driver_in_a_url_is_sqlalchemys_alone() -> None:
    assert libpq_dsn("postgresql+asyncpg://u:p@h:1/d?x=+") == "postgresql://u:p@h:1/d?x=+"


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_of_another_encoding_gets_the_letters_that_were_meant(
    connection: psycopg.Connection, databases: Databases, encoding: str
) -> None:
    name = f"ec_{encoding.lower()}"
    connection.execute(
        f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
        " TEMPLATE template0".encode()
    )
    dsn = databases.server.dsn_of(name)
    try:
        with session_for(dsn) as session:
            session.run('CREATE TABLE "gr\u00f6\u00dfe" (a text)')
        with psycopg.connect(dsn) as lent, session_for(lent) as session:
            session.run(
                "INSERT INTO \"gr\u00f6\u00dfe\" VALUES ('\u00e9'), (%(b)s)", {"b": "\u00fc"}
            )
        with psycopg.connect(dsn, client_encoding="UTF8") as other:
            found = other.execute('SELECT a FROM "gr\u00f6\u00dfe" ORDER BY 1').fetchall()
    finally:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    assert found == [("\u00e9",), ("\u00fc",)]
