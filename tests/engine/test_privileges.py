"""Roles that may not do everything: told what is missing, and nothing is half done."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import expandcontract as ec
from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine.apply import apply_phase, enrol
from expandcontract.errors import (
    ChangeRefusedError,
    ConnectionLostError,
    LockBudgetError,
    OpenTransactionError,
    ServerRefusedError,
)
from expandcontract.pacing.retry import Patience
from tests.conftest import Connect
from tests.support.asserts import assert_nothing_started, assert_schema
from tests.support.fingerprint import fingerprint
from tests.support.walk import back, execute, forward, running

RENAME = ec.RenameColumn(table="t", old="a", new="z")
SETUP = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text);
    INSERT INTO t (a) SELECT g FROM generate_series(1, 8) AS g;
"""
Role = Callable[..., str]


@pytest.fixture
def role(dsn: str) -> Iterator[Role]:
    """Makes a role that may log in, runs a script for it, and gives the DSN for it."""
    with closing(psycopg.connect(dsn, autocommit=True)) as connection, ExitStack() as stack:
        database = connection.info.dbname

        def made(script: str = "", name: str = "app") -> str:
            user = f"{name}_{database}"
            connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'app'".encode())
            stack.callback(
                connection.execute, f"DROP OWNED BY {user} CASCADE; DROP ROLE {user}".encode()
            )
            connection.execute(script.format(role=user, database=f'"{database}"').encode() or b";")
            return make_conninfo(dsn, user=user, password="app")

        yield made


OWNER = (
    "GRANT CREATE ON DATABASE {database} TO {role}; GRANT CREATE ON SCHEMA public TO {role};"
    "ALTER TABLE t OWNER TO {role};"
)


POLICED = (
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
    "CREATE POLICY p ON t USING (false);"
)


def test_an_owner_who_may_create_a_schema_needs_nothing_else(dsn: str, role: Role) -> None:
    execute(dsn, SETUP)
    owner = role(OWNER)
    start = fingerprint(dsn)

    forward(owner, RENAME)
    back(owner, RENAME)

    assert_schema(start, dsn)


def test_who_may_not_create_our_schema_is_told_what_to_ask_for(dsn: str, role: Role) -> None:
    execute(dsn, SETUP)
    start = fingerprint(dsn)

    with pytest.raises(ServerRefusedError) as refused:
        ec.apply(role(), RENAME, ec.Phase.EXPAND)

    assert "permission denied for database" in str(refused.value)
    assert "let a DBA grant what is missing" in str(refused.value)
    assert refused.value.exit_code == 3
    assert_schema(start, dsn)
    assert_nothing_started(dsn)


def test_who_does_not_own_the_table_changes_nothing(dsn: str, role: Role) -> None:
    execute(dsn, SETUP)
    start = fingerprint(dsn)
    stranger = role("GRANT CREATE ON DATABASE {database} TO {role}; GRANT SELECT ON t TO {role};")

    with pytest.raises(ServerRefusedError) as refused:
        ec.apply(stranger, RENAME, ec.Phase.EXPAND)

    assert "must be owner of table t" in str(refused.value)
    assert "run as the table's owner" in str(refused.value)
    [change] = ec.status(dsn)
    assert change.last_error is not None
    assert "must be owner" in change.last_error
    ec.revert(stranger, RENAME, ec.Phase.EXPAND)
    after = {name: text for name, text in fingerprint(dsn).items() if "acl" not in text}
    assert after == {name: text for name, text in start.items() if "acl" not in text}
    assert_nothing_started(dsn)


def test_rows_that_a_policy_hides_are_not_left_behind(dsn: str, role: Role) -> None:
    execute(dsn, SETUP)
    owner = role(OWNER)
    forward(owner, RENAME, ec.Phase.EXPAND)
    execute(dsn, POLICED)  # before, it would have kept the change from its start

    with pytest.raises(ServerRefusedError, match="row-level security policy") as hidden:
        forward(owner, RENAME, ec.Phase.BACKFILL)
    assert "run as a role that sees every row (BYPASSRLS)" in str(hidden.value)

    forward(dsn, RENAME, ec.Phase.BACKFILL)
    with pytest.raises(ServerRefusedError, match="row-level security policy"):
        forward(owner, RENAME, ec.Phase.SWITCH)


def test_a_blocker_is_named_to_a_role_without_pg_monitor(
    dsn: str, role: Role, connect: Connect
) -> None:
    execute(dsn, SETUP)
    owner, reader = role(OWNER), connect(application_name="report")
    reader.execute("BEGIN; SELECT FROM t")

    with running(owner) as runner:
        hasty = replace(runner, patience=Patience(lock_timeout=0.05, pause=0.05, budget=0.2))
        record = enrol(hasty, RENAME)
        with pytest.raises(LockBudgetError) as refused:
            apply_phase(hasty, record, ec.Phase.EXPAND)

    assert f"pid {reader.info.backend_pid} (report, role postgres, " in str(refused.value)
    assert "for a time this role may not see" in str(refused.value)


@pytest.mark.parametrize(
    ("dsn", "says"),
    [
        ("postgresql://postgres@127.0.0.1:1/x", "no connection to the database"),
        ("postgresql://nobody:secret-word@127.0.0.1:1/x?connect_timeout=1", "no connection"),
        ("nonsense", "the DSN cannot be read"),
        ("host=127.0.0.1 port=1 nonsense=1", "the DSN cannot be read"),
        ("postgresql://127.0.0.1:99999/x", "invalid port number"),
    ],
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(dsn: str, says: str) -> None:
    with pytest.raises(ec.ExpandContractError) as refused:
        ec.plan(dsn, RENAME)

    assert says in str(refused.value)
    assert "secret-word" not in str(refused.value)
    assert refused.value.exit_code == (2 if "cannot be read" in says else 3)


def test_a_database_that_does_not_exist_is_told(dsn: str) -> None:
    with pytest.raises(ConnectionLostError, match='database "missing" does not exist'):
        ec.plan(make_conninfo(dsn, dbname="missing"), RENAME)


def test_a_wrong_password_is_told_and_not_shown(dsn: str) -> None:
    with pytest.raises(ConnectionLostError, match="password authentication failed") as refused:
        ec.plan(make_conninfo(dsn, password="wrong-word"), RENAME)

    assert "wrong-word" not in str(refused.value)


def test_a_connection_in_a_transaction_is_not_touched(dsn: str) -> None:
    execute(dsn, SETUP)
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO t (a) VALUES ('mine')")

        with pytest.raises(OpenTransactionError, match="commit or roll back first"):
            ec.apply(connection, RENAME, ec.Phase.EXPAND)

        connection.rollback()
    connection.close()
    assert_nothing_started(dsn)


def test_a_standby_is_refused_with_what_to_do(standby_dsn: str, replicated_dsn: str) -> None:
    execute(replicated_dsn, SETUP)

    with pytest.raises(ec.ExpandContractError) as refused:
        ec.apply(standby_dsn, RENAME, ec.Phase.EXPAND)

    assert "give the DSN of the primary" in str(refused.value)
    assert_nothing_started(replicated_dsn)


def test_a_role_with_settings_of_its_own_changes_nothing_about_the_way(
    dsn: str, role: Role
) -> None:
    execute(
        dsn,
        SETUP,
        "CREATE SCHEMA other",
        "CREATE TYPE other.mood AS ENUM ('1', '2', '3', '4', '5', '6', '7', '8')",
    )
    execute(
        dsn, "ALTER TABLE t ALTER a TYPE other.mood USING a::other.mood, ALTER a SET DEFAULT '1'"
    )
    execute(dsn, "CREATE INDEX i ON t (a) WHERE a > '3'::other.mood")
    start = fingerprint(dsn)
    with psycopg.connect(dsn) as connection:
        older = connection.info.server_version < 190000  # since 19 it is on, whoever asks
    owner = role(
        OWNER + "GRANT USAGE ON SCHEMA other TO {role};"
        "ALTER ROLE {role} SET search_path = other, public;"
        "ALTER ROLE {role} SET statement_timeout = '5s';"
        "ALTER ROLE {role} SET lock_timeout = '1s';"
        "ALTER ROLE {role} SET default_transaction_isolation = 'serializable';"
        + ("ALTER ROLE {role} SET standard_conforming_strings = off;" if older else "")
        + "ALTER ROLE {role} SET DateStyle = 'German';"
    )

    forward(owner, RENAME, ec.Phase.EXPAND)
    execute(
        dsn,
        "INSERT INTO t (a) VALUES ('3')",
        "INSERT INTO t (z) VALUES ('4')",
        "INSERT INTO t DEFAULT VALUES",
    )
    forward(dsn, RENAME, ec.Phase.BACKFILL)
    forward(owner, RENAME, ec.Phase.SWITCH)
    forward(dsn, RENAME, ec.Phase.CONTRACT)
    back(owner, RENAME)

    execute(dsn, "ALTER TABLE t OWNER TO CURRENT_USER")
    assert_schema(start, dsn)


def test_an_owner_behind_a_policy_may_add_what_reads_no_row_for_itself(
    dsn: str, role: Role
) -> None:
    execute(dsn, SETUP)
    owner = role(f"{OWNER} {POLICED} REVOKE TEMPORARY ON DATABASE {{database}} FROM PUBLIC")

    for change in (
        ec.AddIndex(table="t", columns=("(lower(a))",), index_name="i", where="id > 0"),
        ec.AddCheck(table="t", name="c", condition="id > 0"),
    ):
        assert ec.apply(owner, change, ec.Phase.EXPAND).state in {"expanded", "closed"}


def test_an_owner_from_whom_a_policy_keeps_rows_is_refused_before_a_copy(
    dsn: str, role: Role
) -> None:
    execute(dsn, SETUP)
    owner = role(f"{OWNER} {POLICED}")
    start = fingerprint(dsn)
    said = 'query would be affected by row-level security policy for table "t": .*BYPASSRLS'
    filled = FillColumn(table="t", assignments=("a = 'x'",))

    for change in (RENAME, ec.ChangeType(table="t", column="a", type="bytea", up="a::bytea")):
        with pytest.raises(ChangeRefusedError, match=said) as refused:
            ec.apply(owner, change, ec.Phase.EXPAND)
        assert len(refused.value.reasons) == 1
    with pytest.raises(ChangeRefusedError, match=said):
        ec.backfill(owner, filled)
    assert_nothing_started(dsn)
    assert fingerprint(dsn) == start
    assert ec.plan(dsn, RENAME).steps  # of a superuser


def test_who_may_only_look_is_not_asked_for_every_row(dsn: str, role: Role) -> None:
    execute(dsn, SETUP, "ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    reader = role("GRANT SELECT ON t TO {role}", name="reader")

    assert ec.plan(reader, RENAME).steps
