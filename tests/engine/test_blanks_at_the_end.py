"""`bpchar` without a length keeps blanks at the end, which its `=` does not see."""

import psycopg

from expandcontract.changes.rename_column import RenameColumn
from expandcontract.model.phase import Phase
from tests.support.walk import execute, forward

CHANGE = RenameColumn(table="t", old="a", new="b")


def sizes(dsn: str) -> tuple[int, int] | None:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT octet_length(a), octet_length(b) FROM t").fetchone()


def test_a_blank_more_is_copied_to_the_other_side(dsn: str) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, a bpchar); INSERT INTO t VALUES (1, 'a ')")
    forward(dsn, CHANGE, Phase.EXPAND, Phase.BACKFILL)
    assert sizes(dsn) == (2, 2)

    execute(dsn, "UPDATE t SET a = 'a'")
    assert sizes(dsn) == (1, 1)

    execute(dsn, "UPDATE t SET b = 'a  '")
    assert sizes(dsn) == (3, 3)
