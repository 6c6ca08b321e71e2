"""A row that leaves the new table leaves nothing in the old one, whatever its columns' defaults."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from tests.support.walk import execute

SETUP = """
    CREATE TABLE users (id int PRIMARY KEY, bio text DEFAULT 'none', at date DEFAULT current_date);
    INSERT INTO users SELECT g, 'bio ' || g FROM generate_series(1, 9) AS g;
    CREATE TABLE others (user_id int PRIMARY KEY);
    INSERT INTO others SELECT id FROM users;
"""
COLUMNS = ("bio", "at")
CHANGES = [
    ec.ExtractTable(table="users", columns=COLUMNS, to="profiles", key=("user_id",)),
    ec.MoveColumn(table="users", column="bio", to="others", key=("user_id",)),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
def test_a_deleted_row_is_not_made_again(
    dsn: str, connection: psycopg.Connection, change: Change
) -> None:
    execute(dsn, SETUP)
    to = getattr(change, "to", "")
    ec.apply(dsn, change, ec.Phase.EXPAND)
    ec.apply(dsn, change, ec.Phase.BACKFILL)
    connection.execute(f"DELETE FROM {to} WHERE user_id = 3".encode())
    assert_nothing_left(connection, (3,), to)

    ec.apply(dsn, change, ec.Phase.SWITCH)
    connection.execute(f"DELETE FROM {to} WHERE user_id = 4".encode())
    assert_nothing_left(connection, (3, 4), to)
    ec.revert(dsn, change, ec.Phase.SWITCH)
    connection.execute(f"UPDATE {to} SET user_id = 50 WHERE user_id = 5".encode())
    assert_nothing_left(connection, (3, 4, 5), to)

    ec.apply(dsn, change, ec.Phase.BACKFILL)
    ec.apply(dsn, change, ec.Phase.SWITCH)
    assert_nothing_left(connection, (3, 4, 5), to)


def assert_nothing_left(connection: psycopg.Connection, ids: tuple[int, ...], to: str) -> None:
    found = connection.execute(
        b"SELECT DISTINCT bio FROM users WHERE id = ANY (%s)", [list(ids)]
    ).fetchall()
    assert found == [(None,)]
    [(rows,)] = connection.execute(
        f"SELECT count(*) FROM {to} WHERE user_id = ANY (%s)".encode(), [list(ids)]
    ).fetchall()
    assert rows == 0
