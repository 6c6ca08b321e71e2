"""A word in an author's expression means the same in a trigger as it does in the backfill."""

import psycopg

import expandcontract as ec
from expandcontract.model.phase import Phase
from tests.support.walk import execute, forward


def test_a_word_of_a_query_is_first_a_column_of_the_query(
    connection: psycopg.Connection, dsn: str
) -> None:
    execute(
        dsn,
        "CREATE TABLE countries (id int PRIMARY KEY, code text);"
        "INSERT INTO countries VALUES (1, 'de'), (2, 'fr');"
        "CREATE TABLE t (id int PRIMARY KEY, country text, found int, defaulted int);"
        "INSERT INTO t VALUES (70, 'fr')",
    )
    forward(
        dsn,
        ec.DeriveColumn(
            table="t",
            column="c",
            type="int",
            up="(SELECT id + coalesce(found, 0) FROM public.countries WHERE code = country)",
        ),
        Phase.EXPAND,
        Phase.BACKFILL,
        Phase.SWITCH,
    )

    execute(dsn, "INSERT INTO t VALUES (71, 'de', 10); UPDATE t SET country = 'de' WHERE id = 70")

    found = connection.execute("SELECT id, c FROM t ORDER BY id").fetchall()
    assert found == [(70, 1), (71, 11)]


def test_a_filler_reads_a_column_that_is_called_like_a_variable(
    connection: psycopg.Connection, dsn: str
) -> None:
    execute(
        dsn, "CREATE TABLE t (id int PRIMARY KEY, found boolean); INSERT INTO t VALUES (1, true)"
    )
    column = ec.NewColumn(name="state", type="text", nullable=False)
    fill = "CASE WHEN found THEN 'found' ELSE 'lost' END"
    forward(dsn, ec.AddColumn(table="t", column=column, fill=fill), Phase.EXPAND, Phase.BACKFILL)

    execute(dsn, "INSERT INTO t VALUES (2, false)")

    assert connection.execute("SELECT state FROM t ORDER BY id").fetchall() == [
        ("found",),
        ("lost",),
    ]
