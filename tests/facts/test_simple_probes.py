"""Questions about types and fillers turn when their end is reached."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.ddl import filling, probes, type_probes
from expandcontract.model.names import TableName
from tests.facts.claims import FILLER, MOOD, SETUP
from tests.facts.test_ddl_probes import Turn, holds

CREATED = ";".join(statement.sql for statement in filling.create(FILLER))
DROPPED = ";".join(statement.sql for statement in filling.drop(FILLER))
TURNS = (
    Turn(probe=type_probes.type_exists("shade[]"), command="CREATE TYPE shade AS ENUM ('a')"),
    Turn(
        probe=type_probes.type_is_constrained("d"),
        before="CREATE DOMAIN d AS int",
        command="ALTER DOMAIN d ADD CHECK (VALUE > 0)",
    ),
    Turn(
        probe=type_probes.type_is_constrained("d"),
        before="CREATE DOMAIN d AS int",
        command="ALTER DOMAIN d SET NOT NULL",
    ),
    Turn(
        probe=type_probes.is_enum(TableName("n %s", "public")),
        command="CREATE TYPE \"n %s\" AS ENUM ('a')",
    ),
    Turn(
        probe=type_probes.is_enum_value(MOOD, "it's %s"),
        command="ALTER TYPE mood ADD VALUE 'it''s %s'",
    ),
    Turn(probe=filling.stands(FILLER), command=CREATED),
    Turn(
        probe=filling.stands(FILLER),
        before=CREATED,
        command="ALTER TABLE t DISABLE TRIGGER zz_ec_k_fill",
        holds_after=False,
    ),
    Turn(probe=filling.is_gone(FILLER), before=CREATED, command=DROPPED),
    Turn(
        probe=filling.is_gone(FILLER),
        command=f"CREATE SEQUENCE expandcontract.{FILLER.counter}",
        holds_after=False,
    ),
)


@pytest.mark.parametrize("turn", TURNS, ids=str)
@pytest.mark.usefixtures("each_major")
def test_the_answer_turns_when_the_end_is_reached(
    connection: psycopg.Connection, turn: Turn
) -> None:
    for script in (SETUP, turn.before):
        connection.execute(script.encode())
    assert holds(connection, turn.probe) is not turn.holds_after

    connection.execute(turn.command.encode())

    assert holds(connection, turn.probe) is turn.holds_after


def test_what_the_ledger_says_of_a_step_counts_until_the_change_is_reverted(
    connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("CREATE TABLE t (a int)")
    change = ec.AddCheck(table="t", name="c%", condition="a > 0")
    ec.plan(dsn, change)
    ec.apply(dsn, change, ec.Phase.EXPAND)
    done, other = (probes.step_is_done("c%", f"{word} c%") for word in ("constraint", "validate"))
    assert (holds(connection, done), holds(connection, other)) == (True, False)

    ec.revert(dsn, change, ec.Phase.EXPAND)

    assert holds(connection, done) is False
