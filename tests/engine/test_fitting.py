"""What hangs on a column and does not fit its new type is named by the plan, not by the switch."""

import pytest

import expandcontract as ec
from expandcontract.errors import ChangeRefusedError
from tests.support.fingerprint import fingerprint
from tests.support.walk import execute, plan

TABLE = """
    CREATE TABLE other (id int PRIMARY KEY);
    CREATE SCHEMA "S %s";
    CREATE TABLE "S %s"."T "" %s" (id int PRIMARY KEY, a int UNIQUE, b text);
"""
T = '"S %s"."T "" %s"'
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
HANGING = {
    "foreign key": f"ALTER TABLE {T} ADD CONSTRAINT own FOREIGN KEY (a) REFERENCES other",
    "foreign key to it": f"CREATE TABLE pointing (n int CONSTRAINT own REFERENCES {T} (a))",
    "policy": f"CREATE POLICY own ON {T} USING (a > 5)",
    "policy of inserts": f"CREATE POLICY own ON {T} FOR INSERT WITH CHECK (a > 5)",
    "trigger": f"{FUNCTION} CREATE TRIGGER own AFTER UPDATE ON {T} FOR EACH ROW"
    " WHEN (NEW.a > 5) EXECUTE FUNCTION f()",
    "view": f"CREATE VIEW own WITH (security_barrier) AS SELECT b, a + 1 AS c FROM {T}",
}
SAYS = {
    "foreign key": "the foreign key own with a_new: foreign key constraint",
    "foreign key to it": "the foreign key own of public.pointing with a_new: foreign key",
    "view": "view public.own with a of type text: operator does not exist: text + integer",
    "trigger": "a of type text: operator does not exist: text > integer",
}


def retyped(type_: str) -> ec.ChangeType:
    return ec.ChangeType(table=T, column="a", type=type_, up=f"a::{type_}", down="a_new::int")


@pytest.mark.parametrize("what", HANGING)
def test_a_plan_is_refused_with_what_does_not_fit(dsn: str, what: str) -> None:
    execute(dsn, TABLE, HANGING[what])
    start = fingerprint(dsn)

    with pytest.raises(ChangeRefusedError) as refused:
        plan(dsn, retyped("text"))

    expected = SAYS.get(what, "a of type text: operator does not exist: text > integer")
    assert expected in str(refused.value)
    assert fingerprint(dsn) == start


def test_what_fits_is_no_objection(dsn: str) -> None:
    execute(
        dsn, TABLE, *(sql.replace("own", f"own_{at}") for at, sql in enumerate(HANGING.values()))
    )
    start = fingerprint(dsn)

    assert len(plan(dsn, retyped("bigint")).steps) > 10
    assert fingerprint(dsn) == start


def test_what_hangs_on_one_partition_is_asked_too(dsn: str) -> None:
    hanging = {name: sql for name, sql in HANGING.items() if name != "foreign key to it"}
    execute(
        dsn,
        TABLE.replace("a int UNIQUE, b text)", "a int, b text) PARTITION BY RANGE (id)"),
        f"CREATE TABLE part PARTITION OF {T} DEFAULT",
        *(
            sql.replace(T, "part").replace("own", f"own_{n}")
            for n, sql in enumerate(hanging.values())
        ),
    )

    with pytest.raises(ChangeRefusedError) as refused:
        plan(dsn, retyped("text"))

    said = str(refused.value)
    for n, name in enumerate(hanging):
        assert f"own_{n}" in said, (name, said)
    assert plan(dsn, retyped("bigint")).steps
