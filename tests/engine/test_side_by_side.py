"""Two changes of one table at once: what one fills is what the other one holds, or reads."""

import expandcontract as ec
from expandcontract.model.phase import Phase
from tests.support.fingerprint import rows
from tests.support.walk import execute, forward

E, B, S, C = Phase
COLUMNS = "CREATE TABLE t (id int PRIMARY KEY, a text, b int)"
PARTED = f"{COLUMNS} PARTITION BY RANGE (id); CREATE TABLE t_rest PARTITION OF t DEFAULT;"
CHILDREN = f"{COLUMNS}; CREATE TABLE t_one (PRIMARY KEY (id)) INHERITS (t);"
EVERY_OTHER_NULL = "SELECT g, CASE mod(g, 2) WHEN 0 THEN 'v' || g END, g"
FEW = f"INSERT INTO %s {EVERY_OTHER_NULL} FROM generate_series(1, 10) AS g;"


def test_what_is_derived_follows_the_backfill_of_another_change(dsn: str) -> None:
    """A copy lets the application's triggers sleep; ours are awake, on later partitions too."""
    execute(dsn, PARTED, FEW % "t")
    derived = ec.DeriveColumn(table="t", column="n", type="text", up="coalesce(upper(a), '?')")
    forward(dsn, derived, E, B, S)
    later = "CREATE TABLE t_later PARTITION OF t FOR VALUES FROM (100) TO (200);"
    execute(dsn, later, "INSERT INTO t VALUES (100)")
    assert [row for row in rows(dsn, "t") if "?" in row] != []

    forward(dsn, ec.SetNotNull(table="t", column="a", fill="'none'"))

    assert [row for row in rows(dsn, "t") if "?" in row] == []
    forward(dsn, derived, C)


def test_a_row_with_a_null_is_filled_by_whatever_copy_comes_first(dsn: str) -> None:
    """A check refuses a row that breaks it at every write: none comes to quarantine for that."""
    execute(dsn, CHILDREN, FEW % "t_one")
    required = ec.SetNotNull(table="t", column="a", fill="'none'")
    forward(dsn, required, E)

    forward(dsn, ec.RenameColumn(table="t", old="b", new="z"), E, B)

    assert len([row for row in rows(dsn, "t") if "none" in row]) == 5
    forward(dsn, required)
