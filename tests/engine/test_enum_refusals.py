"""What would keep the old values of an enum is named before anything is begun."""

import pytest

import expandcontract as ec
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import execute, forward

SETUP = "CREATE TYPE mood AS ENUM ('sad', 'ok');"
TABLE = f"{SETUP} CREATE TABLE t (id int PRIMARY KEY, a mood);"
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
LONG = "l" * 60
CHANGE = ec.ReplaceEnum(type="mood", values=("low", "ok"), mapping={"sad": "low"})
CASES = {
    f"{TABLE} CREATE VIEW v AS SELECT id FROM t WHERE a = 'sad'": "- view v is made of the type",
    f"{TABLE} CREATE POLICY p ON t USING (a = 'sad')": "policy p on table t is made of the type",
    f"{TABLE} {FUNCTION} CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a = 'sad')"
    " EXECUTE FUNCTION f()": "trigger g on table t is made of the type",
    f"{SETUP} CREATE TABLE t (id int PRIMARY KEY, {LONG} mood)": "is cut off by PostgreSQL",
}


@pytest.mark.parametrize(("setup", "reason"), CASES.items(), ids=CASES.values())
def test_it_is_refused_with_its_reason(dsn: str, setup: str, reason: str) -> None:
    execute(dsn, setup)

    with pytest.raises(ChangeRefusedError, match=reason):
        forward(dsn, CHANGE, Phase.EXPAND)
    assert_nothing_started(dsn)
