"""What is only tried leaves no failed transaction: who watches an application counts those."""

import time

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.fill_column import FillColumn
from expandcontract.cli import plan_rates
from expandcontract.engine.estimating import estimate
from expandcontract.errors import ChangeRefusedError, ServerRefusedError
from expandcontract.model.phase import Phase
from expandcontract.postgres import sampling
from expandcontract.postgres.failures import SETTLED, failures, settle_own
from expandcontract.postgres.installation import install
from expandcontract.postgres.session import PsycopgSession, Session, undone
from tests.support.walk import plan, running

SETUP = """
    CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL);
    INSERT INTO t SELECT n, n::text FROM generate_series(1, 60000) AS n;
    ANALYZE t;
"""
FILL = FillColumn(table="t", assignments=("a = 'x'",))
CHANGE = ec.ChangeType(table="t", column="a", type="integer", up="a::integer", down="a::text")


def counted(session: Session) -> int:
    if not settle_own(session):
        time.sleep(SETTLED)
    return failures(session).count


def test_a_plan_is_made_without_a_failed_transaction(
    dsn: str, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute(SETUP)
    monkeypatch.setattr(plan_rates, "LEAST", 1)
    with running(dsn) as runner:
        session = runner.session
        install(session)
        before = counted(session)
        assert plan(dsn, CHANGE).trials
        [backfill] = [step.backfill for step in plan(dsn, FILL).of(Phase.BACKFILL)]
        assert backfill is not None
        assert "was written and rolled back" in estimate(runner, backfill).how
        assert "as measured on" in plan_rates.measured(session).basis
        refused = ec.ChangeType(
            table="t", column="a", type="integer", up="nothing(a)", down="a::text"
        )
        with pytest.raises(ChangeRefusedError):
            plan(dsn, refused)
        assert counted(session) == before
    assert connection.execute("SELECT pg_typeof(a)::text FROM t LIMIT 1").fetchone() == ("text",)


def test_what_is_undone_is_gone_and_what_was_refused_is_said(
    connection: psycopg.Connection,
) -> None:
    session = PsycopgSession(connection, owned=False)
    with undone(session):
        session.run("CREATE TABLE made (a int)")
    with pytest.raises(ServerRefusedError, match="division by zero"), undone(session):
        session.run("SELECT 1 / 0")
    assert session.rows("SELECT to_regclass('made')") == [(None,)]


def test_a_sample_is_given_up_that_takes_too_long() -> None:
    assert sampling.PATIENT["statement_timeout"] == "5s"
