"""Rows that keep a constraint from being proved are named, and both releases go on."""

import psycopg
import pytest
import sqlalchemy as sa

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import OffendingRowsError
from expandcontract.model.phase import Phase

SETUP = """
CREATE TABLE other (id int PRIMARY KEY);
INSERT INTO other SELECT g FROM generate_series(1, 20) AS g;
CREATE TABLE t (id int NOT NULL UNIQUE, a text, b int, "C %d" text);
INSERT INTO t SELECT g, 'v' || g, g, 'x' FROM generate_series(1, 20) AS g;
"""
CASES: dict[str, tuple[Change, str, str, str]] = {
    "check": (
        ec.AddCheck(table="t", name="c", condition="b % 100 <> 10"),
        "UPDATE t SET b = 10 WHERE id = 3",
        "UPDATE t SET b = 1",
        "for example 10; 3. Mend",
    ),
    "foreign key": (
        ec.AddForeignKey(table="t", columns=("b",), to="other"),
        "UPDATE t SET b = -1 WHERE id = 7",
        "UPDATE t SET b = 1 WHERE id = 7",
        "for example -1. Mend",
    ),
    "unique": (
        ec.AddUnique(table="t", columns=("a", "C %d")),
        "UPDATE t SET a = 'same' WHERE id > 17",
        "UPDATE t SET a = id",
        "for example same, x (3 rows). Mend",
    ),
    "unique index": (
        ec.AddIndex(table="t", columns=("(lower(a))",), unique=True, index_name="i", where="b > 0"),
        "UPDATE t SET a = 'Same' WHERE id > 17",
        "UPDATE t SET a = id",
        "for example same (3 rows: 18 and 20). Mend",
    ),
    "primary key": (
        ec.AddPrimaryKey(table="t", columns=("b",)),
        "UPDATE t SET b = 2 WHERE id < 4",
        "UPDATE t SET b = id",
        "for example 2 (3 rows). Mend",
    ),
    "null in a primary key": (
        ec.AddPrimaryKey(table="t", columns=("b",)),
        "UPDATE t SET b = NULL WHERE id = 4",
        "UPDATE t SET b = id",
        "for example 4. Mend",
    ),
    "not null": (
        ec.SetNotNull(table="t", column="C %d"),
        'UPDATE t SET "C %d" = NULL WHERE id = 9',
        "UPDATE t SET \"C %d\" = ''",
        "for example 9. Mend",
    ),
}


def all_phases(dsn: str, change: Change) -> None:
    for phase in Phase:
        ec.apply(dsn, change, phase, quiet=0.0)


@pytest.mark.parametrize("name", CASES)
def test_rows_are_named_and_once_they_are_mended_the_same_command_goes_on(
    connection: psycopg.Connection, dsn: str, each_major: int, name: str
) -> None:
    assert each_major
    change, breaks, mends, said = CASES[name]
    connection.execute(SETUP)
    connection.execute(breaks.encode())

    with pytest.raises(OffendingRowsError) as caught:
        all_phases(dsn, change)

    assert (said in str(caught.value), caught.value.exit_code) == (True, 1), str(caught.value)
    connection.execute("INSERT INTO t VALUES (100, 'old', 3, 'y')")  # who writes goes on
    connection.execute("UPDATE t SET b = 4, a = 'old too' WHERE id = 100")
    connection.execute("DELETE FROM t WHERE id = 100")
    invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    assert connection.execute(invalid).fetchall() == [(0,)]

    connection.execute(mends.encode())
    all_phases(dsn, change)
    assert ec.status(dsn)[0].state == "closed"


FREED: dict[str, tuple[Change, str, str]] = {
    "not null": (ec.DropNotNull(table="t", column="a"), "INSERT INTO t VALUES (3, NULL)", "3"),
    "check": (ec.DropConstraint(table="t", constraint="c"), "INSERT INTO t VALUES (3, '')", "3"),
    "foreign key": (
        ec.DropConstraint(table="t", constraint="f"),
        "INSERT INTO t VALUES (3, 'x', 9)",
        "9",
    ),
    "unique": (
        ec.DropConstraint(table="t", constraint="u"),
        "INSERT INTO t VALUES (3, 'old')",
        "old (2 rows)",
    ),
    "column": (ec.DropColumn(table="t", column="a"), "INSERT INTO t VALUES (3, NULL)", "3"),
}


@pytest.mark.parametrize("name", FREED)
def test_what_was_written_since_keeps_a_constraint_from_coming_back(
    connection: psycopg.Connection, dsn: str, name: str
) -> None:
    change, breaks, said = FREED[name]
    connection.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL CONSTRAINT u UNIQUE"
        " CONSTRAINT c CHECK (a <> ''), o int CONSTRAINT f REFERENCES t)"
    )
    connection.execute("INSERT INTO t VALUES (1, 'old')")
    with pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(breaks.encode())
    ec.apply(dsn, change, Phase.EXPAND)
    connection.execute(breaks.encode())

    with pytest.raises(OffendingRowsError) as caught:
        ec.revert(dsn, change, Phase.EXPAND)

    assert f"for example {said}. Mend" in str(caught.value)
    connection.execute("UPDATE t SET id = id")  # both releases go on
    connection.execute("DELETE FROM t WHERE id = 3")
    ec.revert(dsn, change, Phase.EXPAND)
    with pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(breaks.encode())


@pytest.mark.usefixtures("each_major")
def test_old_code_that_does_not_know_a_column_is_filled_until_contract(
    connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("CREATE TABLE t (id int PRIMARY KEY, a text)")
    connection.execute("INSERT INTO t VALUES (1, 'A')")
    column = sa.Column("n", sa.Text(), nullable=False)
    change = ec.AddColumn(table="t", column=column, fill="lower(t.a) || initial()")
    connection.execute("CREATE FUNCTION initial() RETURNS text LANGUAGE sql AS 'SELECT ''!'''")

    for number, phase in enumerate((Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH), start=2):
        ec.apply(dsn, change, phase)
        connection.execute("INSERT INTO t (id, a) VALUES (%s, 'B')", [number])
        connection.execute("INSERT INTO t (id, a, n) VALUES (%s, 'C', 'own')", [number + 10])
        with connection.cursor() as cursor, cursor.copy("COPY t (id, a) FROM STDIN") as copy:
            copy.write_row((number + 20, "B"))
        connection.execute("UPDATE t SET a = a")

    connection.execute("UPDATE t SET n = NULL WHERE id = 1")
    assert connection.execute("SELECT n, count(*) FROM t GROUP BY 1 ORDER BY 1").fetchall() == [
        ("a!", 1),
        ("b!", 6),
        ("own", 3),
    ]
    reasons = ec.status(dsn)[0].closed_by
    assert any("quiet" in reason for reason in reasons), reasons
    ec.apply(dsn, change, Phase.CONTRACT, quiet=0.0)
    with pytest.raises(psycopg.errors.NotNullViolation):
        connection.execute("INSERT INTO t (id, a) VALUES (50, 'B')")
