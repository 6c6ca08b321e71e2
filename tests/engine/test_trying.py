"""What is tried before a change: how long it may take, and which answer is no objection."""

import pytest

import expandcontract as ec
from expandcontract.engine.trying import try_out
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.plan import Plan
from expandcontract.model.trial import Trial
from expandcontract.postgres.session import open_session
from tests.support.walk import execute

CHANGE = ec.AddIndex(table="t", columns=("a",))


def asked(dsn: str, sql: str) -> None:
    trial = Trial(text="asked", sql=sql, is_question=True, reads_every_row=True)
    session = open_session(dsn, "test")
    try:
        try_out(session, CHANGE, Plan(steps=(), trials=(trial,)))
    finally:
        session.close()


def test_who_reads_every_row_has_a_limit_of_time(dsn: str) -> None:
    with pytest.raises(ChangeRefusedError, match="asked: 20s"):
        asked(dsn, "SELECT current_setting('statement_timeout')")


@pytest.mark.parametrize("sqlstate", ["57014", "53400", "22012", "P0001"])
def test_no_answer_is_no_objection(dsn: str, sqlstate: str) -> None:
    execute(
        dsn,
        "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS"
        f" $$BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}'; END$$",
    )
    asked(dsn, "SELECT public.f()")


def test_a_question_that_is_no_sql_is_one(dsn: str) -> None:
    with pytest.raises(ChangeRefusedError, match="does not exist"):
        asked(dsn, "SELECT nothing_of_the_kind")
