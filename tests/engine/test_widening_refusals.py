"""What a key cannot be widened with is listed before anything is done."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.widen_primary_key import WidenPrimaryKey
from expandcontract.errors import ChangeRefusedError, GateClosedError, PhaseOrderError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import back, execute, forward

CHANGE = WidenPrimaryKey(table="t", column="id")
CASES = {
    "CREATE TABLE t (id int, b int, PRIMARY KEY (id, b))": "is not the primary key .* by itself",
    "CREATE TABLE t (id bigint PRIMARY KEY)": "is bigint, not integer",
    "CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t;"
    "CREATE VIEW w AS SELECT id FROM v": "view public.v",
    "CREATE TABLE t (id int PRIMARY KEY); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql"
    " AS 'SELECT 1'; CREATE VIEW v AS SELECT f(id) FROM t": r"function public.f\(bigint\)",
    "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE c (t int REFERENCES t)": "no primary key",
    "CREATE TABLE t (id int PRIMARY KEY, EXCLUDE USING btree (id WITH =))": "exclusion",
    "CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY REFERENCES o)": (
        "leads from id to another key"
    ),
    "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY REFERENCES t);"
    "CREATE TABLE d (id int PRIMARY KEY REFERENCES c)": "depends on public.c.id",
    "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY HASH (id)": "not a plain table",
    "CREATE SEQUENCE s AS int; CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('s'))": (
        r"draws from public\.s, which is integer"
    ),
    "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t,"
    " n int, CONSTRAINT u UNIQUE (t, n) DEFERRABLE)": "u of public.c is DEFERRABLE",
}


@pytest.mark.parametrize(("setup", "reason"), CASES.items(), ids=CASES.values())
def test_it_is_refused_with_its_reason(dsn: str, setup: str, reason: str) -> None:
    execute(dsn, setup)

    with pytest.raises(ChangeRefusedError, match=reason):
        forward(dsn, CHANGE, Phase.EXPAND)
    assert_nothing_started(dsn)


@pytest.mark.pg(">= 15")
@pytest.mark.parametrize("action", ["NULL", "DEFAULT"])
def test_a_foreign_key_that_sets_some_columns_is_refused(dsn: str, action: str) -> None:
    key = f"REFERENCES t ON DELETE SET {action} (t)"
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY)")
    execute(dsn, f"CREATE TABLE c (id int PRIMARY KEY, t int DEFAULT 1 {key})")

    with pytest.raises(ChangeRefusedError, match="sets some columns only"):
        forward(dsn, CHANGE, Phase.EXPAND)


def test_a_trigger_that_names_the_key_is_in_nobodys_way(
    connection: psycopg.Connection, dsn: str
) -> None:
    """The names stay, and so does what uses them in texts that PostgreSQL does not read."""
    execute(
        dsn,
        "CREATE TABLE t (id serial PRIMARY KEY, v text); CREATE TABLE log (id bigint)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END'",
        "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE FUNCTION h() RETURNS bigint LANGUAGE plpgsql AS"
        " 'BEGIN RETURN (SELECT max(id) FROM t); END'",
    )
    for phase in Phase:
        ec.apply(dsn, CHANGE, phase, quiet=600 if phase is Phase.CONTRACT else 0)
    connection.execute("INSERT INTO t (v) VALUES ('x')")

    seen = connection.execute("SELECT pg_typeof(t.id)::text, log.id, h() FROM t, log").fetchall()
    assert seen == [("bigint", 1, 1)]


def test_twins_are_kept_equal_where_the_triggers_of_an_application_sleep(
    connection: psycopg.Connection, dsn: str
) -> None:
    """A subscriber's worker writes like that, and so do tools that load dumps."""
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY)")
    execute(dsn, "CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t)")
    forward(dsn, CHANGE, Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH)
    connection.execute("SET session_replication_role = replica")
    connection.execute("INSERT INTO t VALUES (1), (2)")
    connection.execute("INSERT INTO c VALUES (7, 1)")
    connection.execute("UPDATE c SET t = 2")
    connection.execute("RESET session_replication_role")
    forward(dsn, CHANGE, Phase.CONTRACT)

    assert connection.execute("SELECT id, t FROM c").fetchall() == [(7, 2)]


def test_what_is_hung_on_the_key_meanwhile_closes_the_gate_and_contract_is_final(dsn: str) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, b int)")
    execute(dsn, "CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t)")
    forward(dsn, CHANGE, Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH)
    execute(dsn, "CREATE INDEX late ON t (id, b)")
    with pytest.raises(GateClosedError, match="late was added"):
        forward(dsn, CHANGE, Phase.CONTRACT)

    execute(dsn, "DROP INDEX late")
    forward(dsn, CHANGE, Phase.CONTRACT)
    with pytest.raises(PhaseOrderError, match="final"):
        back(dsn, CHANGE, Phase.CONTRACT)
