"""A change of a whole table keeps other changes from its parts, and meets what came meanwhile."""

import pytest

from expandcontract.changes.add_index import AddIndex
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.changes.rename_table import RenameTable
from expandcontract.errors import (
    AssumptionError,
    ChangeRefusedError,
    ClaimedError,
    ServerRefusedError,
)
from expandcontract.model.phase import Phase
from tests.support.walk import back, execute, forward

SETUP = "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'x')"
TABLE = RenameTable(old="t", new="z")
COLUMN = RenameColumn(table="t", old="a", new="b")
INDEX = AddIndex(table="t", columns=("a",))


def test_a_table_and_a_part_of_it_are_not_changed_at_once(dsn: str) -> None:
    execute(dsn, SETUP)
    forward(dsn, TABLE, Phase.EXPAND)
    with pytest.raises(ClaimedError, match=r"public\.t\.\* belongs to t-to-z"):
        forward(dsn, INDEX, Phase.EXPAND)

    back(dsn, TABLE, Phase.EXPAND)
    forward(dsn, COLUMN, Phase.EXPAND)
    with pytest.raises(ClaimedError, match=r"public\.t\.a belongs to t\.a-to-b"):
        forward(dsn, TABLE, Phase.EXPAND)


def test_a_column_that_the_view_does_not_show_stops_the_switch(dsn: str) -> None:
    execute(dsn, SETUP)
    forward(dsn, TABLE, Phase.EXPAND, Phase.BACKFILL)
    execute(dsn, "ALTER TABLE t ADD late int")

    with pytest.raises(AssumptionError, match="the view shows every column"):
        forward(dsn, TABLE, Phase.SWITCH)


def test_a_name_that_is_taken_stops_the_start(dsn: str) -> None:
    execute(dsn, SETUP, "CREATE SEQUENCE z")

    with pytest.raises(AssumptionError, match=r"no other relation is called public\.z"):
        forward(dsn, TABLE, Phase.EXPAND)


def test_a_view_that_somebody_made_under_the_new_name_is_not_taken_for_ours(dsn: str) -> None:
    execute(dsn, SETUP, "CREATE VIEW z AS SELECT * FROM t WHERE false")

    with pytest.raises(ChangeRefusedError, match=r"a view of public\.t has it already"):
        forward(dsn, TABLE, Phase.EXPAND)


def test_a_view_that_was_made_on_the_old_name_is_not_dropped_with_it(dsn: str) -> None:
    execute(dsn, SETUP)
    forward(dsn, TABLE, Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH)
    execute(dsn, "CREATE VIEW late AS SELECT a FROM t")

    with pytest.raises(ServerRefusedError, match="view late depends on view t"):
        forward(dsn, TABLE, Phase.CONTRACT)
    execute(dsn, "DROP VIEW late")
    forward(dsn, TABLE, Phase.CONTRACT)
