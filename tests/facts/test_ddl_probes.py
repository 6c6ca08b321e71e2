"""Every question is answered with no before its end is reached, and with yes afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from expandcontract.ddl import constraints, probes, sync
from expandcontract.model.names import TableName
from expandcontract.model.probe import Probe
from tests.facts.claims import SETUP, SYNC, T

TEMPER = TableName("temper", "public")
ODD = TableName('od"d %s', "public")
INVALID = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'b_index'::regclass"
NEVER = TableName("nowhere", "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question, and the command that turns its answer."""

    probe: Probe
    command: str
    holds_after: bool = True
    before: str = "SELECT 1"
    since: int = 14  #: the first major that knows it

    def __str__(self) -> str:
        return self.command


def created(*, new_leads: bool) -> str:
    return ";".join(s.sql for s in sync.create(SYNC, new_leads=new_leads))


TURNS = {
    "column_exists": (
        Turn(probe=probes.column_exists(T, "n"), command="ALTER TABLE t ADD n int"),
        Turn(
            probe=probes.column_exists(T, "a"),
            command="ALTER TABLE t DROP COLUMN a",
            holds_after=False,
        ),
        Turn(
            probe=probes.column_exists(ODD, "%(a)s"),
            command='CREATE TABLE "od""d %s" ("%(a)s" int)',
        ),
    ),
    "column_is": (
        Turn(
            probe=probes.column_is(T, "b", "character varying(9)"),
            command="ALTER TABLE t ALTER b TYPE varchar(9)",
        ),
    ),
    "no_null_is_left": (
        Turn(
            probe=probes.no_null_is_left(T, "b"),
            command="ALTER TABLE t ALTER b SET NOT NULL",
        ),
        Turn(
            probe=probes.no_null_is_left(T, "a"),
            command="ALTER TABLE t ALTER a DROP NOT NULL",
            holds_after=False,
        ),
        Turn(
            probe=probes.no_null_is_left(T, "b"),
            before="ALTER TABLE t ADD CONSTRAINT n NOT NULL b NOT VALID",
            command="ALTER TABLE t VALIDATE CONSTRAINT n",
            since=18,
        ),
    ),
    "enum_has": (
        Turn(
            probe=probes.enum_has(TEMPER, ("b", "it's")),
            before="CREATE TYPE temper AS ENUM ('a', 'it''s')",
            command="ALTER TYPE temper RENAME VALUE 'a' TO 'b'",
        ),
    ),
    "type_exists": (
        Turn(probe=probes.type_exists(TEMPER), command="CREATE TYPE temper AS ENUM ('a')"),
    ),
    "index_method_exists": (
        Turn(
            probe=probes.index_method_exists("n"),
            command="CREATE ACCESS METHOD n TYPE INDEX HANDLER bthandler",
        ),
    ),
    "nulls_are_refused": (
        Turn(probe=probes.nulls_are_refused(T, "b"), command="ALTER TABLE t ALTER b SET NOT NULL"),
        Turn(
            probe=probes.nulls_are_refused(T, "a"),
            command="ALTER TABLE t ALTER a DROP NOT NULL",
            holds_after=False,
        ),
    ),
    "constraint_exists": (
        Turn(
            probe=probes.constraint_exists(T, "n"),
            command=constraints.add_not_null_check(T, "n", "b").sql,
        ),
    ),
    "constraint_is_valid": (
        Turn(
            probe=probes.constraint_is_valid(T, "later"),
            command=constraints.validate(T, "later").sql,
        ),
    ),
    "constraint_is_described": (
        Turn(
            probe=probes.constraint_is_described(T, "later", "it's 100%"),
            command=constraints.comment(T, "later", "it's 100%").sql,
        ),
    ),
    "index_exists": (
        Turn(probe=probes.index_exists(T, "N"), command='CREATE INDEX "N" ON t (a)'),
        Turn(
            probe=probes.index_exists(T, "b_index"),
            command="DROP INDEX b_index; CREATE INDEX b_index ON other (id)",
            holds_after=False,
        ),
    ),
    "name_is_free_for_index": (
        Turn(
            probe=probes.name_is_free_for_index(T, "n"),
            command="CREATE VIEW n AS SELECT 1",
            holds_after=False,
        ),
        Turn(
            probe=probes.name_is_free_for_index(T, "n"),
            before="CREATE INDEX n ON other (id)",
            command="DROP INDEX n; CREATE INDEX n ON t (id)",
        ),
    ),
    "index_is_valid": (
        Turn(probe=probes.index_is_valid(T, "n"), command="CREATE INDEX n ON t (a)"),
        Turn(
            probe=probes.index_is_valid(T, "b_index"),
            command=INVALID,
            holds_after=False,
        ),
    ),
    "index_is_invalid": (
        Turn(
            probe=probes.index_is_invalid(T, "b_index"),
            command=INVALID,
        ),
    ),
    "trigger_exists": (
        Turn(
            probe=probes.trigger_exists(T, SYNC.triggers[0]),
            before=created(new_leads=False),
            command=f"ALTER TABLE t DISABLE TRIGGER {SYNC.triggers[0]}",
            holds_after=False,
        ),
        Turn(
            probe=probes.trigger_exists(T, SYNC.triggers[0]),
            before=created(new_leads=False),
            command=f"ALTER TABLE t ENABLE REPLICA TRIGGER {SYNC.triggers[0]}",
            holds_after=False,
        ),
    ),
    "sync_stands": (
        Turn(probe=probes.sync_stands(SYNC), command=created(new_leads=False)),
        Turn(
            probe=probes.sync_stands(SYNC),
            before=created(new_leads=True),
            command=f"DROP TRIGGER {SYNC.triggers[1]} ON t",
            holds_after=False,
        ),
    ),
    "sync_is_gone": (
        Turn(
            probe=probes.sync_is_gone(SYNC),
            before=created(new_leads=True),
            command="; ".join(statement.sql for statement in sync.drop(SYNC)),
        ),
    ),
    "new_leads": (
        Turn(
            probe=probes.new_leads(SYNC),
            before=created(new_leads=False),
            command=sync.create_function(SYNC, new_leads=True).sql,
        ),
    ),
    "index_is_described": (
        Turn(
            probe=probes.index_is_described(T, "b_index", "it's 100%"),
            command="COMMENT ON INDEX b_index IS 'it''s 100%'",
        ),
    ),
}
CASES = [(name, turn) for name, turns in TURNS.items() for turn in turns]
SEEN_WITH_TWO_SESSIONS = {"index_is_worked_on"}
SEEN_WITH_A_LEDGER = {"step_is_done"}


def holds(connection: psycopg.Connection, probe: Probe) -> object:
    """The answer, which is the same whether values are parameters or written in."""
    with_parameters = connection.execute(f"SELECT {probe.sql}".encode(), probe.params).fetchall()
    alone = connection.execute(f"SELECT {probe.inlined()}".encode()).fetchall()
    assert with_parameters == alone
    return alone[0][0]


def questions() -> Iterator[str]:
    """Every function of the module."""
    for name, value in vars(probes).items():
        if getattr(value, "__module__", "") == probes.__name__ and not name.startswith("_"):
            yield name


def test_every_question_is_put_to_a_server() -> None:
    seen_elsewhere = SEEN_WITH_TWO_SESSIONS | SEEN_WITH_A_LEDGER

    assert set(TURNS) | seen_elsewhere == set(questions())


@pytest.mark.parametrize("turn", [t for _, t in CASES], ids=[name for name, _ in CASES])
def test_the_answer_turns_when_the_end_is_reached(
    connection: psycopg.Connection, each_major: int, turn: Turn
) -> None:
    if each_major < turn.since:
        pytest.skip(f"came with PostgreSQL {turn.since}")
    for script in (SETUP, turn.before):
        connection.execute(script.encode())
    assert holds(connection, turn.probe) is not turn.holds_after

    connection.execute(turn.command.encode())

    assert holds(connection, turn.probe) is turn.holds_after


@pytest.mark.parametrize(
    "probe",
    [
        probes.column_exists(NEVER, "a"),
        probes.constraint_is_valid(NEVER, "a"),
        probes.index_is_valid(NEVER, "a"),
        probes.sync_stands(SYNC),
        probes.new_leads(SYNC),
        probes.index_is_worked_on(NEVER, "a"),
    ],
    ids=lambda probe: probe.sql[:90],
)
def test_where_nothing_is_the_answer_is_no(connection: psycopg.Connection, probe: Probe) -> None:
    assert holds(connection, probe) is False
    assert holds(connection, ~probe) is True


def test_a_build_in_progress_is_seen_from_outside(connection: psycopg.Connection, dsn: str) -> None:
    connection.execute(SETUP)
    connection.execute(INVALID)
    probe = probes.index_is_worked_on(T, "b_index")
    assert holds(connection, probe) is False

    with psycopg.connect(dsn) as builder:
        builder.execute("LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE")
        assert holds(connection, probe) is True
        assert holds(builder, probe) is False

    assert holds(connection, probe) is False
