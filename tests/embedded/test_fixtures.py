"""The fixtures of all other tests."""

import psycopg
import pytest

from expandcontract.embedded import Node
from tests.conftest import Connect
from tests.support.databases import Databases


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_a_database_of_its_own(connection: psycopg.Connection, turn: int) -> None:
    connection.execute("CREATE TABLE mine AS SELECT %s::int AS turn", [turn])

    assert connection.execute("SELECT turn FROM mine").fetchall() == [(turn,)]


def test_a_template_is_built_once_and_cloned_with_its_rows(databases: Databases) -> None:
    built = []

    def build(dsn: str) -> None:
        built.append(dsn)
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE shop AS SELECT 7 AS id")
        connection.close()

    for _ in range(2):
        with (
            databases.database(databases.template("a shop", build)) as dsn,
            psycopg.connect(dsn) as connection,
        ):
            assert connection.execute("SELECT id FROM shop").fetchall() == [(7,)]
        connection.close()

    assert len(built) == 1


def test_connections_see_one_database(connect: Connect, dsn: str) -> None:
    connect(dsn).execute("CREATE TABLE seen (id int)")

    assert connect().execute("SELECT * FROM seen").fetchall() == []


def test_a_test_can_run_on_each_major(each_major: int, connection: psycopg.Connection) -> None:
    assert connection.info.server_version // 10_000 == each_major


@pytest.mark.pg(">= 10, < 99")
def test_a_test_for_this_release_runs(server: Node) -> None:
    assert server.major >= 10


def test_the_standby_shows_what_the_primary_has(replicated_dsn: str, standby_dsn: str) -> None:
    assert replicated_dsn.rpartition("/")[2] == standby_dsn.rpartition("/")[2]
    assert replicated_dsn != standby_dsn
