"""The sync trigger under every kind of writer: nothing that was written is lost."""

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest

from expandcontract.ddl import sync
from expandcontract.ddl.sync import Side
from tests.ddl.writers import ACTS, KINDS, THINGS, Kind, Row, Table, backfill, execute, opened
from tests.support.builds import skip_without_icu

Connect = Callable[..., psycopg.Connection]
STEPS = 150
TEXT = KINDS[0]


def counted(table: Table, sequence: str) -> int:
    rows = table.run(
        "SELECT coalesce(pg_sequence_last_value(%s::text::regclass), 0)",
        f"expandcontract.{sequence}",
    )
    return int(str(rows.fetchall()[0][0]))


def as_it_stands(table: Table) -> dict[int, tuple[object, object]]:
    rows = table.run("SELECT id, old::text, new::text FROM things ORDER BY id")
    return {int(str(row[0])): (row[1], row[2]) for row in rows}


def as_it_should_be(table: Table) -> dict[int, tuple[object, object]]:
    return {row: (now.old, now.new) for row, now in sorted(table.rows.items())}


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("seed", range(2))
def test_no_write_of_any_style_is_lost(
    connection: psycopg.Connection, kind: Kind, seed: int
) -> None:
    if kind.collation:
        skip_without_icu(connection)
    table = opened(connection, kind, seed)

    for step in range(STEPS):
        act = table.luck.choice(ACTS)
        act(table)
        assert as_it_stands(table) == as_it_should_be(table), (step, act.__name__)

    assert counted(table, table.sync.conflicts) == table.conflicts
    assert counted(table, table.sync.old_writes) == table.old_writes


def test_a_value_that_the_writers_settings_would_round_is_carried(
    connection: psycopg.Connection,
) -> None:
    table = opened(connection, Kind(type="float8", values=("0.3",)), 0)
    table.run("INSERT INTO things (id, old) VALUES (99, 0.3)")
    table.run("SET extra_float_digits = -10")

    table.run("UPDATE things SET old = 0.1::float8 + 0.2::float8 WHERE id = 99")

    assert table.run("SELECT old = new FROM things WHERE id = 99").fetchall() == [(True,)]


def test_what_another_trigger_makes_of_a_value_is_carried(connection: psycopg.Connection) -> None:
    table = opened(connection, TEXT, 0)
    table.run(
        "CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN NEW.old := lower(NEW.old); RETURN NEW; END'"
    )
    table.run(
        "CREATE TRIGGER tidy BEFORE INSERT OR UPDATE ON things FOR EACH ROW EXECUTE FUNCTION tidy()"
    )

    table.run("INSERT INTO things (id, old) VALUES (98, 'ABC'), (99, 'x')")
    table.run("UPDATE things SET old = 'LOUD' WHERE id = 99")
    table.run("UPDATE things SET note = 'woken' WHERE id = 1")

    stands = as_it_stands(table)
    assert (stands[98], stands[99]) == (("abc", "abc"), ("loud", "loud"))


def test_an_insert_that_takes_the_default_is_no_old_write(connection: psycopg.Connection) -> None:
    table = opened(connection, Kind(type="timestamptz", values=("infinity",), default="now()"), 0)
    execute(connection, sync.create_function(table.sync, new_leads=True))

    table.run("INSERT INTO things (id) VALUES (98)")
    table.run("INSERT INTO things (id, new) VALUES (99, 'infinity')")
    assert counted(table, table.sync.old_writes) == 0

    table.run("INSERT INTO things (id, old) VALUES (100, '2020-01-01')")
    assert counted(table, table.sync.old_writes) == 1
    assert counted(table, table.sync.conflicts) == 0


@pytest.fixture
def application(connection: psycopg.Connection, connect: Connect) -> psycopg.Connection:
    """A role that may write the table and nothing else, where PUBLIC has no rights left."""
    table = opened(connection, TEXT, 0)
    execute(connection, sync.create_function(table.sync, new_leads=True))
    role = "app_" + connection.info.dbname
    for command in (
        f"CREATE ROLE {role} LOGIN PASSWORD 'app'",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON things TO {role}",
        "REVOKE ALL ON SCHEMA expandcontract FROM PUBLIC",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA expandcontract FROM PUBLIC",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA expandcontract FROM PUBLIC",
        f"GRANT CREATE ON SCHEMA public TO {role}",
    ):
        connection.execute(command.encode())
    return connect(user=role, password="app")


@pytest.fixture(autouse=True)
def _no_role_stays(connection: psycopg.Connection) -> Iterator[None]:
    yield
    role = "app_" + connection.info.dbname
    [(exists,)] = connection.execute(
        "SELECT count(*) FROM pg_roles WHERE rolname = %s", [role]
    ).fetchall()
    if exists:
        connection.execute(f"DROP OWNED BY {role} CASCADE".encode())
        connection.execute(f"DROP ROLE {role}".encode())


def test_a_writer_needs_no_privilege_on_our_schema(application: psycopg.Connection) -> None:
    for command in (
        "INSERT INTO things (id, old) VALUES (90, 'counted as an old write')",
        "INSERT INTO things (id, old, new) VALUES (91, 'counted', 'as a conflict')",
        "UPDATE things SET old = 'old', new = 'new' WHERE id = 1",
        "UPDATE things SET new = 'new' WHERE id = 2",
    ):
        application.execute(command.encode())

    rows = application.execute("SELECT count(*) FROM things WHERE id > 89 AND old = new").fetchall()
    assert rows == [(2,)]


def test_nobody_else_may_use_the_function_that_has_the_owners_rights(
    application: psycopg.Connection,
) -> None:
    application.execute("CREATE TABLE mine (id int, old text, new text)")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(
            "CREATE TRIGGER t BEFORE INSERT ON mine FOR EACH ROW"
            " EXECUTE FUNCTION expandcontract.zz_ec_k_sync()"
        )


def test_writers_and_a_backfill_at_once_lose_nothing(
    connection: psycopg.Connection, connect: Connect
) -> None:
    table = opened(connection, TEXT, 0)
    table.run("INSERT INTO things (id, old) SELECT g, 'start' FROM generate_series(100, 160) g")
    table.rows = {row: Row("start", None) for row in range(161)}
    lost: list[str] = []

    def write(writer: int) -> None:
        session = connect()
        for turn in range(150):
            column = ("old", "new")[(writer + turn) % 2]
            value = f"{writer}-{turn}"
            rows = session.execute(
                f"UPDATE things SET {column} = %s WHERE id = %s RETURNING old, new".encode(),
                [value, 100 + turn * (writer + 1) % 61],
            ).fetchall()
            lost.extend(value for row in rows if row != (value, value))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        backfill(table)
    for thread in threads:
        thread.join()

    assert lost == []
    disagree = "SELECT count(*) FROM things WHERE id >= 100 AND new IS DISTINCT FROM old"
    missing = "SELECT count(*) FROM things WHERE id >= 100 AND new IS NULL"
    assert table.run(f"{disagree} AND new IS NOT NULL").fetchall() == [(0,)]
    assert table.run(missing).fetchall()[0][0] in range(61)


def test_two_old_sides_are_told_apart(connection: psycopg.Connection) -> None:
    """What splits and merges of columns will ask of the trigger."""
    for command in (
        "CREATE SCHEMA expandcontract",
        "CREATE TABLE things (id int, a text DEFAULT 'x', b text, whole text)",
    ):
        connection.execute(command.encode())
    made = sync.Sync(
        table=THINGS,
        key="k",
        old=(
            Side(column="a", value="split_part(NEW.whole, ' ', 1)", default="'x'::text"),
            Side(column="b", value="split_part(NEW.whole, ' ', 2)"),
        ),
        new=(Side(column="whole", value="NEW.a || ' ' || NEW.b"),),
    )
    execute(connection, *sync.create(made, new_leads=False))

    connection.execute("INSERT INTO things VALUES (1, 'c', 'd')")
    connection.execute("INSERT INTO things (id, whole) VALUES (2, 'e f')")
    connection.execute("INSERT INTO things (id, b) VALUES (3, 'g')")
    connection.execute("UPDATE things SET whole = 'h i' WHERE id = 1")

    rows = connection.execute("SELECT a, b, whole FROM things ORDER BY id").fetchall()
    assert rows == [("h", "i", "h i"), ("e", "f", "e f"), ("x", "g", "x g")]
