"""What would keep the old values of an enum is named before anything is begun."""

import dataclasses
import re

import pytest
from psycopg import Connection

import expandcontract as ec
from expandcontract.errors import ChangeRefusedError, ExpandContractError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import execute, forward, plan

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


HINTED = {
    f"{SETUP} CREATE TABLE t (a mood, n int, PRIMARY KEY (a, n))": "make another key",
    f"{SETUP} CREATE TABLE t (id int PRIMARY KEY, a mood DEFAULT ('s' || 'ad')::mood)": (
        "drop the default first"
    ),
    f"{SETUP} CREATE TABLE t (id int PRIMARY KEY, a mood, EXCLUDE USING btree (a WITH =))": "drop",
}


@pytest.mark.parametrize(("setup", "hint"), HINTED.items(), ids=["key", "default", "exclusion"])
def test_a_hint_names_only_what_the_kind_takes(dsn: str, setup: str, hint: str) -> None:
    execute(dsn, setup)

    with pytest.raises(ExpandContractError, match=hint) as refused:
        forward(dsn, CHANGE, Phase.EXPAND)

    named = set(re.findall(r"\b(\w+)=", str(refused.value)))
    assert named <= {field.name for field in dataclasses.fields(CHANGE)}
    assert "WidenPrimaryKey" not in str(refused.value)


def test_the_default_of_an_array_gets_the_new_values(dsn: str, connection: Connection) -> None:
    default = """'{sad,ok,NULL,sad}'"""
    execute(dsn, f"{SETUP} CREATE TABLE t (id int PRIMARY KEY, a mood[] DEFAULT {default})")

    forward(dsn, CHANGE)
    connection.execute("INSERT INTO t VALUES (1)")

    found = connection.execute("SELECT a::text FROM t").fetchall()
    assert found == [("{low,ok,NULL,low}",)]


@pytest.mark.parametrize(
    ("values", "told"), [(("ok", "sad"), True), (("sad", "soso", "ok"), False), (("ok",), False)]
)
def test_another_order_is_told_beforehand(dsn: str, values: tuple[str, ...], *, told: bool) -> None:
    """A check that compares holds each row to both orders until the contract."""
    execute(dsn, TABLE)
    mapping = {} if "sad" in values else {"sad": "ok"}
    change = ec.ReplaceEnum(type="mood", values=values, mapping=mapping, lossy=True)

    assert any("values are in another order" in note for note in plan(dsn, change).notes) is told
