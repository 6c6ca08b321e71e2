"""What Python has and JSON has not: figures that are none, and infinite ones."""

import psycopg

import expandcontract as ec

SETUP = """
    CREATE TABLE t (id int PRIMARY KEY, figure float8);
    INSERT INTO t (id) SELECT generate_series(1, 4);
"""
FIGURES = (float("nan"), float("inf"), float("-inf"), 0.5)


def test_every_float_is_written_as_it_is(dsn: str, connection: psycopg.Connection) -> None:
    connection.execute(SETUP)
    change = ec.ComputeColumns(table="t", columns=("figure",), reads=("id",))

    ec.backfill(dsn, change, fill=lambda rows: [FIGURES[row["id"] - 1] for row in rows])

    found = connection.execute("SELECT figure::text FROM t ORDER BY id").fetchall()
    assert [figure for (figure,) in found] == ["NaN", "Infinity", "-Infinity", "0.5"]
