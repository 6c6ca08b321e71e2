import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from expandcontract.embedded import Node, Topology
from tests.cli.conftest import Ec


@contextmanager
def role(dsn: str, *grants: str) -> Iterator[str]:
    """A login of its own, and nothing granted but this; the DSN for it."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS visitor")
        connection.execute("CREATE ROLE visitor LOGIN PASSWORD 'secret'")
        for grant in grants:
            connection.execute(grant.encode())
        yield make_conninfo(dsn, user="visitor", password="secret")
        connection.execute("DROP OWNED BY visitor")
        connection.execute("DROP ROLE visitor")


def test_an_empty_database_is_well(ec: Ec, connection: psycopg.Connection) -> None:
    outcome = ec("doctor")

    assert outcome.code == 0
    assert "PostgreSQL" in outcome.out
    assert "the first change makes it, and this role may" in outcome.out
    assert "none: the connection is the server's own" in outcome.out
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchone() == (None,)


def test_an_open_change_is_no_leftover(ec: Ec, switched: str) -> None:
    outcome = ec("doctor", "--json")

    assert switched
    assert outcome.code == 0
    document = json.loads(outcome.out)
    assert document["ok"] is True
    assert {"check": "leftovers", "verdict": "good", "text": "none", "next_step": ""} in document[
        "checks"
    ]


def test_behind_a_pooler_a_lease_that_is_held_is_no_leftover(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    later = "SET backend = NULL, expires_at = clock_timestamp() + interval '1 hour'"
    connection.execute(f"UPDATE expandcontract.leases {later}".encode())

    outcome = ec("doctor")

    assert switched
    assert (outcome.code, "died while working" in outcome.out) == (0, False), outcome.out


def test_a_broken_index_is_found(ec: Ec, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE t (a int)")
    connection.execute("INSERT INTO t VALUES (1), (1)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)")

    outcome = ec("doctor")

    assert outcome.code == 1
    assert "the index broken on t is invalid" in outcome.out
    assert "to do: DROP INDEX CONCURRENTLY broken" in outcome.out


def test_helpers_of_no_change_are_found_and_the_advice_works(
    ec: Ec, users: str, connection: psycopg.Connection
) -> None:
    connection.execute("DELETE FROM expandcontract.changes")

    outcome = ec("doctor", "--json")

    assert users
    assert outcome.code == 1
    left = [c for c in json.loads(outcome.out)["checks"] if c["verdict"] == "wrong"]
    assert [c["text"].split()[1] for c in left] == [
        *["trigger"] * 2,
        "function",
        *["sequence"] * 2,
    ]
    for check in left:
        connection.execute(check["next_step"].encode())
    assert ec("doctor").code == 0


def test_a_disabled_trigger_is_found_and_the_advice_works(
    ec: Ec, users: str, connection: psycopg.Connection
) -> None:
    connection.execute("ALTER TABLE users DISABLE TRIGGER USER")

    outcome = ec("doctor", "--json")

    assert users
    assert outcome.code == 1
    left = [c for c in json.loads(outcome.out)["checks"] if c["verdict"] == "wrong"]
    assert len(left) == 2
    for check in left:
        assert "writes are not carried over" in check["text"]
        connection.execute(check["next_step"].partition(";")[0].encode())
    assert ec("doctor").code == 0


def test_a_dead_lease_is_found(ec: Ec, users: str, connection: psycopg.Connection) -> None:
    connection.execute(
        "UPDATE expandcontract.leases SET backend = 0, expires_at = now() + interval '10 s'"
    )

    outcome = ec("doctor")

    assert outcome.code == 1
    assert f"died while working on {users}" in outcome.out
    assert ec("backfill", users).code == 0
    assert ec("doctor").code == 0


def test_a_role_that_owns_nothing_is_told_what_it_lacks(
    ec: Ec, users: str, connection: psycopg.Connection, dsn: str
) -> None:
    read = "GRANT SELECT ON ALL TABLES IN SCHEMA expandcontract TO visitor"
    with role(dsn, read) as visitor:
        outcome = ec("doctor", "--dsn", visitor)
    with role(dsn) as visitor:
        stranger = ec("doctor", "--dsn", visitor)
    connection.execute("DROP SCHEMA expandcontract CASCADE")
    with role(dsn) as visitor:
        newcomer = ec("doctor", "--dsn", visitor)

    assert outcome.code == stranger.code == newcomer.code == 1
    assert "this role may read it and not write it" in outcome.out
    assert f"{users} works on public.users, which belongs to postgres" in outcome.out
    assert "permission denied for table versions" in stranger.out
    assert "GRANT CREATE ON DATABASE" in newcomer.out


def test_standbys_are_seen_or_it_says_why_not(
    ec: Ec, replicated: Topology[Node], replicated_dsn: str
) -> None:
    name = replicated.standbys[0].name
    assert f"{name}: seen" in ec("doctor", "--dsn", replicated_dsn).out

    with role(replicated_dsn) as visitor:
        blind = ec("doctor", "--dsn", visitor)

    assert blind.code == 1
    assert "GRANT pg_monitor" in blind.out


def test_a_standby_that_the_settings_name_is_missed(
    ec: Ec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "expandcontract.toml").write_text('standbys = ["far-away"]')

    outcome = ec("doctor")

    assert outcome.code == 1
    assert "far-away is not connected, and the settings name it" in outcome.out


def test_a_standby_itself_is_the_wrong_place(ec: Ec, standby_dsn: str) -> None:
    outcome = ec("doctor", "--dsn", standby_dsn)

    assert outcome.code == 1
    assert "this server is a standby" in outcome.out


def test_one_open_change_is_one(ec: Ec, users: str) -> None:
    assert users
    assert "with 1 open change\n" in ec("doctor").out
