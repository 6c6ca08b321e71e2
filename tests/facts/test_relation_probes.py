"""Every question about whole relations turns when its end is reached."""

import inspect

import psycopg
import pytest

from expandcontract.ddl import relation_probes
from expandcontract.model.names import TableName
from tests.facts.claims import SETUP, T
from tests.facts.test_ddl_probes import Turn, holds

V = TableName('v "odd" %s', "public")
N = TableName("n", "public")
VIEW = 'CREATE VIEW "v ""odd"" %s" AS SELECT * FROM t'
TURNS = {
    "is_table": (
        Turn(probe=relation_probes.is_table(N), command="ALTER TABLE t RENAME TO n"),
        Turn(
            probe=relation_probes.is_table(T),
            command="ALTER TABLE t RENAME TO n; CREATE VIEW t AS SELECT * FROM n",
            holds_after=False,
        ),
    ),
    "is_partitioned": (
        Turn(
            probe=relation_probes.is_partitioned(T),
            command="DROP TABLE t; CREATE TABLE t (a int) PARTITION BY HASH (a)",
        ),
    ),
    "name_is_free": (
        Turn(probe=relation_probes.name_is_free(V), command=VIEW, holds_after=False),
        Turn(probe=relation_probes.name_is_free(T), command="ALTER TABLE t RENAME TO n"),
    ),
    "view_shows": (
        Turn(probe=relation_probes.view_shows(V, T), command=VIEW),
        Turn(
            probe=relation_probes.view_shows(V, T),
            before=VIEW,
            command="ALTER TABLE t RENAME TO n",
            holds_after=False,
        ),
        Turn(
            probe=relation_probes.view_shows(T, N),
            before=VIEW,
            command="ALTER TABLE t RENAME TO n; CREATE VIEW t AS SELECT * FROM n",
        ),
    ),
    "columns_agree": (
        Turn(probe=relation_probes.columns_agree(V, T), command=VIEW),
        Turn(
            probe=relation_probes.columns_agree(V, T),
            before=VIEW,
            command="ALTER TABLE t ADD n int",
            holds_after=False,
        ),
    ),
}
CASES = [(name, turn) for name, turns in TURNS.items() for turn in turns]


def test_every_question_is_put_to_a_server() -> None:
    found = inspect.getmembers(relation_probes, inspect.isfunction)
    own = {name for name, value in found if value.__module__ == relation_probes.__name__}
    assert set(TURNS) == {name for name in own if not name.startswith("_")}


@pytest.mark.parametrize("turn", [t for _, t in CASES], ids=[name for name, _ in CASES])
@pytest.mark.usefixtures("each_major")
def test_the_answer_turns(connection: psycopg.Connection, turn: Turn) -> None:
    for script in (SETUP, turn.before):
        connection.execute(script.encode())
    assert holds(connection, turn.probe) is not turn.holds_after

    connection.execute(turn.command.encode())

    assert holds(connection, turn.probe) is turn.holds_after
