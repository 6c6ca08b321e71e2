"""Two releases write while the key below them becomes a bigint, near the end of its integers."""

import psycopg
import pytest

from expandcontract.changes.widen_primary_key import WidenPrimaryKey
from expandcontract.model.phase import Phase
from tests.stories.application import Writer, released, work
from tests.support.fingerprint import rows
from tests.support.walk import back, execute, forward

E, B, S, C = Phase
CHANGE = WidenPrimaryKey(table="parents", column="id")
SETUP = """
    CREATE TABLE parents (id {key} PRIMARY KEY {identity}, a text);
    CREATE TABLE children (id serial PRIMARY KEY, parent int NOT NULL REFERENCES parents
        ON DELETE CASCADE, a text);
    CREATE INDEX children_parent ON children (parent);
    CREATE TABLE twin (id int PRIMARY KEY, parent bigint, value text);
    INSERT INTO parents (a) SELECT g FROM generate_series(1, 200) AS g;
    INSERT INTO children (parent, a) SELECT g, 'start ' || g FROM generate_series(1, 200) AS g;
    INSERT INTO twin SELECT id, parent, a FROM children;
"""
KEYS = [("serial", ""), ("int", "GENERATED ALWAYS AS IDENTITY")]


def family(writer: Writer) -> None:
    value = f"{writer.name} {writer.done}"
    [(parent,)] = writer.ask("INSERT INTO parents (a) VALUES (%s) RETURNING id", value)
    child(writer, parent)


def child(writer: Writer, parent: object = None) -> None:
    parent, value = parent or writer.luck.randint(1, 50), f"{writer.name} {writer.done}"
    sql = "INSERT INTO children (parent, a) VALUES (%s, %s) RETURNING id"
    for (id_,) in writer.ask(sql, parent, value):
        writer.ask("INSERT INTO twin VALUES (%s, %s, %s)", id_, parent, value)


def other_parent(writer: Writer) -> None:
    id_, parent = writer.id(), writer.luck.randint(1, 50)
    for _ in writer.ask("UPDATE children SET parent = %s WHERE id = %s RETURNING a", parent, id_):
        writer.ask("UPDATE twin SET parent = %s WHERE id = %s", parent, id_)


def bereave(writer: Writer) -> None:
    """Children go with their parent."""
    parent = writer.luck.randint(101, 200)
    writer.ask("SELECT FROM parents WHERE id = %s FOR UPDATE", parent)
    writer.ask("DELETE FROM twin WHERE parent = %s", parent)
    writer.ask("DELETE FROM parents WHERE id = %s", parent)


def copy(writer: Writer) -> None:
    value = f"{writer.name} {writer.done}"
    [(id_,)] = writer.ask("SELECT nextval(pg_get_serial_sequence('children', 'id'))")
    with writer.connection.cursor().copy(b"COPY children (id, parent, a) FROM STDIN") as load:
        load.write_row((id_, 1, value))
    writer.ask("INSERT INTO twin VALUES (%s, 1, %s)", id_, value)


ACTS = (family, child, other_parent, bereave, copy)


def unprepared(writer: Writer) -> None:
    """A result that changes its type fails in a prepared statement, which the plan says."""
    writer.connection.prepare_threshold = None


@pytest.mark.parametrize(("key", "identity"), KEYS[:1], ids=["serial"])
def test_no_request_fails_and_keys_go_on_past_the_end_of_integer(
    dsn: str, key: str, identity: str
) -> None:
    """An identity in `tests.thorough`."""
    past_the_end(dsn, key, identity)


def past_the_end(dsn: str, key: str, identity: str) -> None:
    execute(dsn, SETUP.format(key=key, identity=identity))
    execute(dsn, "SELECT setval(pg_get_serial_sequence('parents', 'id'), 2147480000)")
    with released(dsn, "r", acts=ACTS) as application:
        for writer in application.writers:
            unprepared(writer)
        for phase in (E, B, S):
            forward(dsn, CHANGE, phase)
            work(application)
        back(dsn, CHANGE, S, B, E)
        work(application)
        forward(dsn, CHANGE, E, B, S)
        work(application)
        forward(dsn, CHANGE, C)
        execute(dsn, "SELECT setval(pg_get_serial_sequence('parents', 'id'), 2147483646)")
        work(application)
    found = sorted(row.partition(": ")[2] for row in rows(dsn, "children"))
    execute(dsn, "ALTER TABLE twin RENAME value TO a")
    assert found == sorted(row.partition(": ")[2] for row in rows(dsn, "twin"))
    with psycopg.connect(dsn) as connection:
        query = "SELECT max(parent) > 2147483647 FROM children"
        assert connection.execute(query).fetchall() == [(True,)]


def test_without_it_the_next_key_is_refused(dsn: str) -> None:
    execute(dsn, SETUP.format(key="serial", identity=""))
    execute(dsn, "SELECT setval('parents_id_seq', 2147483647)")

    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.Error):
        connection.execute("INSERT INTO parents (a) VALUES ('x')")
