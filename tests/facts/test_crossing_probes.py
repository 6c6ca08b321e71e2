"""Every question about the triggers between two tables turns when its end is reached."""

import inspect

import psycopg
import pytest

from expandcontract.ddl import crossing, crossing_probes
from tests.facts.claims import CROSSED, CROSSING, SETUP
from tests.facts.test_ddl_probes import Turn, holds

CREATE = "; ".join(statement.sql for statement in CROSSED)
DROP = "; ".join(statement.sql for statement in crossing.drop(CROSSING))
LEAD = "; ".join(s.sql for s in crossing.create_functions(CROSSING, new_leads=True))
TURNS = {
    "crossing_stands": (
        Turn(probe=crossing_probes.crossing_stands(CROSSING), command=CREATE),
        *(
            Turn(
                probe=crossing_probes.crossing_stands(CROSSING),
                before=CREATE,
                command=f"DROP TRIGGER {name} ON {table}",
                holds_after=False,
            )
            for table, name in (
                ("t", CROSSING.source_triggers[2]),
                ("t", CROSSING.truncate_trigger),
                ("side", CROSSING.target_triggers[0]),
            )
        ),
    ),
    "crossing_is_gone": (
        Turn(probe=crossing_probes.crossing_is_gone(CROSSING), before=CREATE, command=DROP),
        Turn(
            probe=crossing_probes.crossing_is_gone(CROSSING),
            command=f'CREATE SEQUENCE expandcontract."{CROSSING.old_writes}"',
            holds_after=False,
        ),
    ),
    "target_leads": (
        Turn(probe=crossing_probes.target_leads(CROSSING), before=CREATE, command=LEAD),
    ),
}
CASES = [(name, turn) for name, turns in TURNS.items() for turn in turns]


def test_every_question_is_put_to_a_server() -> None:
    found = inspect.getmembers(crossing_probes, inspect.isfunction)
    assert set(TURNS) == {n for n, f in found if f.__module__ == crossing_probes.__name__}


@pytest.mark.parametrize("turn", [t for _, t in CASES], ids=[name for name, _ in CASES])
@pytest.mark.usefixtures("each_major")
def test_the_answer_turns(connection: psycopg.Connection, turn: Turn) -> None:
    for script in (SETUP, turn.before):
        connection.execute(script.encode())
    assert holds(connection, turn.probe) is not turn.holds_after

    connection.execute(turn.command.encode())

    assert holds(connection, turn.probe) is turn.holds_after
