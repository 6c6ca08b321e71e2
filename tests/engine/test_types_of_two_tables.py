"""Values of every type, and their defaults, in columns that go from one table to another."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.phase import Phase
from tests.support.walk import execute, forward, plan

E, B, S, C = Phase
#: A type, perhaps with a default, and a value of it that is not the default.
TYPES = (
    ("jsonb", "'{}'"),
    ("""jsonb DEFAULT '{"a": 1}'""", "'{}'"),
    ("json", "'[]'"),
    ("numeric", "1"),
    ("numeric(10, 2) DEFAULT 0", "0.00001 + 1"),
    ("int[]", "'{1}'"),
    ("text DEFAULT ''", "'x'"),
    ("char(5) DEFAULT 'a'", "'b'"),
    ("float8 DEFAULT 0", "1"),
    ("bytea", "'a'"),
    ("pair", "'(1,a)'"),
    ("positive", "3"),
    ("mood DEFAULT 'a'", "'b'"),
    ("timestamptz DEFAULT now()", "'2026-01-01'"),
    ("uuid DEFAULT gen_random_uuid()", "NULL"),
)
NAMES = tuple(f"c{at}" for at, _ in enumerate(TYPES))
COLUMNS = ", ".join(f"c{at} {type_}" for at, (type_, _) in enumerate(TYPES))
SETUP = f"""
    CREATE TYPE pair AS (x int, y text); CREATE TYPE mood AS ENUM ('a', 'b');
    CREATE DOMAIN positive AS numeric CHECK (value > 0); CREATE DOMAIN never AS text NOT NULL;
    CREATE TABLE t (id int PRIMARY KEY, {COLUMNS});
    INSERT INTO t SELECT generate_series(1, 5);
    CREATE TABLE d (id int PRIMARY KEY, a never DEFAULT 'x'); INSERT INTO d VALUES (1, 'x');
"""
EXTRACT = ec.ExtractTable(table="t", columns=NAMES, to="p", key=("t_id",))
WRITES = "SELECT last_value, is_called FROM expandcontract.{}"
DIFFERENT = f"""
    SELECT count(*) FROM t FULL JOIN p ON p.t_id = t.id
    WHERE ({", ".join(f"t.{name}" for name in NAMES)})::text
        IS DISTINCT FROM ({", ".join(f"p.{name}" for name in NAMES)})::text
"""


def test_after_the_switch_the_first_table_takes_rows_of_every_type(
    connection: psycopg.Connection, dsn: str
) -> None:
    execute(dsn, SETUP)
    counter = WRITES.format(plan(dsn, EXTRACT).counters["old_writes"]).encode()
    forward(dsn, EXTRACT, E, B, S)

    connection.execute("UPDATE t SET c14 = NULL; INSERT INTO t (id, c14) VALUES (6, NULL)")
    before = connection.execute(counter).fetchone()
    connection.execute("INSERT INTO t (id, c14) VALUES (7, NULL)")
    assert connection.execute(counter).fetchone() == before
    for at, (_, value) in enumerate(TYPES[:-1]):
        connection.execute(
            f"INSERT INTO t (id, c{at}, c14) VALUES ({at + 10}, {value}, NULL)".encode()
        )
        assert connection.execute(counter).fetchone() != before
        before = connection.execute(counter).fetchone()
        connection.execute(f"UPDATE p SET c{at} = {value} WHERE t_id = 7".encode())
    assert connection.execute(DIFFERENT).fetchone() == (0,)
    forward(dsn, EXTRACT, C)


@pytest.mark.parametrize(
    "change",
    [
        ec.RenameColumn(table="d", old="a", new="z"),
        ec.ChangeType(table="t", column="c6", type="never"),
        ec.SplitColumn(table="d", old="a", new={"z": ("never", "a")}, down="z"),
        ec.ExtractTable(table="d", columns=("a",), to="p", key=("d_id",)),
    ],
    ids=lambda change: change.kind,
)
def test_a_domain_that_knows_no_null_is_refused(dsn: str, change: Change) -> None:
    execute(dsn, SETUP)

    with pytest.raises(ChangeRefusedError, match=r"never: it is a domain that is NOT NULL"):
        plan(dsn, change)
