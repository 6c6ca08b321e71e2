"""In a database that is being built, what a contracted change keeps gives way to the next one."""

import psycopg
import pytest
import sqlalchemy as sa

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.engine.apply import apply_phase, enrol, revert_phase
from expandcontract.errors import ClaimedError
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from tests.support.asserts import assert_schema
from tests.support.fingerprint import fingerprint
from tests.support.walk import running

GONE = ec.DropColumn(table="t", column="a")
AGAIN = ec.AddColumn(table="t", column=sa.Column("a", sa.Integer()))


def forward(dsn: str, change: Change, *, building: bool) -> None:
    for phase in Phase:
        with running(dsn) as runner:
            record = enrol(runner, change, building=building)
            apply_phase(runner, record, phase, immediate=building)


def back(dsn: str, change: Change) -> None:
    for phase in reversed(Phase):
        with running(dsn) as runner:
            revert_phase(runner, ledger.named(runner.session, change.name), phase)


def test_a_database_is_built_forwards_and_backwards(
    connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL UNIQUE CHECK (a <> ''));"
        "CREATE INDEX i ON t (lower(a)); COMMENT ON COLUMN t.a IS 'it''s'"
    )
    start = fingerprint(dsn)

    forward(dsn, GONE, building=True)
    forward(dsn, AGAIN, building=True)
    with running(dsn) as runner:
        first = ledger.named(runner.session, GONE.name)
        assert (first.outcome, first.built) == ("closed", True)
    back(dsn, AGAIN)
    back(dsn, GONE)

    assert_schema(start, dsn)


def test_anywhere_else_the_next_change_has_to_wait(
    connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("CREATE TABLE t (id int PRIMARY KEY, a text)")
    forward(dsn, GONE, building=False)

    with pytest.raises(ClaimedError, match=GONE.name):
        forward(dsn, AGAIN, building=False)
