"""An operator learns who is in the way: what is known with privileges, and what without."""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest

from expandcontract.ddl import columns, constraints, indexes
from expandcontract.model.names import TableName
from expandcontract.model.statement import Statement
from expandcontract.postgres.blockers import blockers
from expandcontract.postgres.session import PsycopgSession

Connect = Callable[..., psycopg.Connection]
T = TableName('odd "t"', "public")
DROP = columns.drop(T, "a")


@pytest.fixture
def table(connection: psycopg.Connection) -> psycopg.Connection:
    connection.execute(f"CREATE TABLE {T} (a int)".encode())
    return connection


def seen(connection: psycopg.Connection, *statements: Statement) -> tuple[str, ...]:
    return blockers(PsycopgSession(connection, owned=False), statements)


def test_nobody_is_in_the_way_of_a_table_at_rest(table: psycopg.Connection) -> None:
    assert seen(table, DROP) == ()


def test_a_forgotten_transaction_is_named_with_its_query(
    table: psycopg.Connection, connect: Connect
) -> None:
    other = connect(application_name="nightly report")
    other.execute("BEGIN")
    other.execute(f"SELECT  *\n FROM {T}".encode())

    [line] = seen(table, DROP, DROP)

    assert re.fullmatch(
        rf"pid {other.info.backend_pid} \(nightly report, role \w+, idle in transaction for \d+ s\)"
        r' holds AccessShareLock on public.odd "t": SELECT \* FROM "public"."odd ""t"""',
        line,
    )


def test_only_locks_that_conflict_are_in_the_way(
    table: psycopg.Connection, connect: Connect
) -> None:
    reader, writer = connect(), connect()
    for session, command in ((reader, f"SELECT FROM {T}"), (writer, f"DELETE FROM {T}")):
        session.execute("BEGIN")
        session.execute(command.encode())

    assert seen(table, constraints.validate(T, "c")) == ()
    assert seen(table, indexes.rename(T, "i", "j")) == ()
    writers = [
        pid for pid in (reader, writer) if f"pid {pid.info.backend_pid} " in seen_text(table)
    ]
    assert writers == [reader, writer]


def seen_text(connection: psycopg.Connection) -> str:
    return "\n".join(seen(connection, DROP))


def test_an_own_lock_is_not_in_the_way(table: psycopg.Connection) -> None:
    table.execute("BEGIN")
    table.execute(f"LOCK TABLE {T}".encode())

    assert seen(table, DROP) == ()


@pytest.fixture
def plain_role(table: psycopg.Connection, connect: Connect) -> Iterator[psycopg.Connection]:
    role = "plain_" + table.info.dbname
    table.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'plain'".encode())
    session = connect(user=role, password="plain")
    yield session
    session.close()
    table.execute(f"DROP ROLE {role}".encode())


def test_without_privileges_the_session_is_named_and_what_is_hidden_is_said(
    table: psycopg.Connection, plain_role: psycopg.Connection, connect: Connect
) -> None:
    other = connect(application_name="nightly report")
    other.execute("BEGIN")
    other.execute(f"SELECT 'secret' FROM {T}".encode())

    [line] = seen(plain_role, DROP)

    assert line.startswith(f"pid {other.info.backend_pid} (")
    assert "state not visible for a time this role may not see" in line
    assert "secret" not in line
    assert table.info.user in line
