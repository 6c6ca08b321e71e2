"""The schema, the definition or the order is not what the plan was made on."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.engine.apply import enrol, revert_phase
from expandcontract.errors import (
    AssumptionError,
    ClaimedError,
    DriftError,
    GateClosedError,
    PhaseOrderError,
    PlanChangedError,
    UnknownChangeError,
)
from expandcontract.postgres import ledger
from tests.support.asserts import assert_nothing_started, assert_schema
from tests.support.fingerprint import Fingerprint, fingerprint, rows
from tests.support.walk import Journal, back, execute, forward, running

E, B, S, C = ec.Phase
RENAME = ec.RenameColumn(table="t", old="a", new="z")
TABLE = (
    "CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a varchar(20), b int);"
    "CREATE INDEX i ON t (a); COMMENT ON INDEX i IS 'x';"
    "INSERT INTO t (a) SELECT g FROM generate_series(1, 9) AS g;"
)


@pytest.fixture
def start(dsn: str) -> Fingerprint:
    """The schema before the change began."""
    execute(dsn, TABLE)
    return fingerprint(dsn)


def trigger(dsn: str, event: str) -> str:
    with psycopg.connect(dsn, autocommit=True) as connection:
        [(name,)] = connection.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE %s", [f"zz_ec_%_{event}"]
        )
    connection.close()
    return str(name)


#: What somebody may do to an open change.
VANDALISMS = (
    "DROP TRIGGER {update} ON t",
    "DROP TRIGGER {insert} ON t",
    "ALTER TABLE t DISABLE TRIGGER {insert}",
    "DROP TRIGGER {insert} ON t; DROP TRIGGER {update} ON t; ALTER TABLE t DROP z",
    "DROP TRIGGER {insert} ON t; DROP TRIGGER {update} ON t",
    "ALTER TABLE t DROP z CASCADE",
)


@pytest.mark.parametrize("sql", VANDALISMS)
def test_what_somebody_dropped_is_reported_and_a_revert_clears_up(
    start: Fingerprint, dsn: str, sql: str
) -> None:
    forward(dsn, RENAME, E, B)
    execute(dsn, sql.format(insert=trigger(dsn, "insert"), update=trigger(dsn, "update")))
    before = fingerprint(dsn)

    for phase in (E, B, S):
        with pytest.raises(DriftError, match="twin: z stands beside a") as drift:
            forward(dsn, RENAME, phase)
        assert drift.value.exit_code == 2
        assert "put them back, or revert the change" in str(drift.value)
    assert_schema(before, dsn)

    back(dsn, RENAME, B, E)
    assert_schema(start, dsn)


def test_a_column_that_got_another_type_meanwhile_stops_every_phase(
    start: Fingerprint, dsn: str
) -> None:
    forward(dsn, RENAME, E)
    execute(dsn, f"ALTER TABLE t DISABLE TRIGGER {trigger(dsn, 'update')}")
    execute(dsn, f"DROP TRIGGER {trigger(dsn, 'update')} ON t")
    execute(dsn, "ALTER TABLE t ALTER a TYPE varchar(90)")

    with pytest.raises(AssumptionError, match=r"public.t.a is of type character varying\(20\)"):
        forward(dsn, RENAME, B)

    execute(dsn, "ALTER TABLE t ALTER a TYPE varchar(20)")
    back(dsn, RENAME, E)
    assert_schema(start, dsn)


@pytest.mark.usefixtures("start")
def test_a_change_with_other_fields_under_its_name_is_refused(dsn: str) -> None:
    forward(dsn, ec.RenameColumn(name="mine", table="t", old="a", new="z"), E)
    before = fingerprint(dsn)

    with pytest.raises(PlanChangedError, match="new was 'z', is 'y'") as refused:
        forward(dsn, ec.RenameColumn(name="mine", table="t", old="a", new="y"), B)

    assert refused.value.exit_code == 2
    assert_schema(before, dsn)


@pytest.mark.usefixtures("start")
def test_labels_may_change_while_a_change_is_open(dsn: str) -> None:
    forward(dsn, RENAME, E)

    forward(dsn, ec.RenameColumn(table="t", old="a", new="z", owner="me"), B)


@pytest.mark.usefixtures("start")
@pytest.mark.parametrize(
    ("old", "new", "what"), [("a", "y", "public.t.a"), ("b", "z", "public.t.z")]
)
def test_an_unfinished_change_keeps_its_columns(dsn: str, old: str, new: str, what: str) -> None:
    with running(dsn) as runner:
        enrol(runner, RENAME)

    with pytest.raises(ClaimedError) as refused:
        forward(dsn, ec.RenameColumn(table="t", old=old, new=new), E)

    assert f"{what} belongs to t.a-to-z" in str(refused.value)
    assert "finish that change (ec status), or revert it" in str(refused.value)
    back(dsn, RENAME, E)
    assert_nothing_started(dsn)


def test_no_phase_runs_before_the_one_it_builds_on(start: Fingerprint, dsn: str) -> None:
    for phase in (B, S, C):
        with pytest.raises(PhaseOrderError, match="run expand first"):
            forward(dsn, RENAME, phase)
    assert_schema({**start, **claims()}, dsn)

    forward(dsn, RENAME, E)
    for phase in (S, C):
        with pytest.raises(PhaseOrderError, match="run backfill first: ec backfill"):
            forward(dsn, RENAME, phase)

    forward(dsn, RENAME, B, S)
    for phase, later in ((E, "backfill"), (B, "switch")):
        with pytest.raises(PhaseOrderError, match=f"revert {later} first"):
            back(dsn, RENAME, phase)


def claims() -> Fingerprint:
    return {f"claim on public.t.{what}": "" for what in ("a", "z", "index i")}


@pytest.mark.usefixtures("start")
def test_a_misspelt_change_names_its_nearest(dsn: str) -> None:
    forward(dsn, RENAME, E)

    with pytest.raises(UnknownChangeError, match="did you mean 't\\.a-to-z'"):
        back(dsn, ec.RenameColumn(table="t", old="a", new="zz"), E)


TRIGGER = (
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {body} RETURN NEW; END';"
    "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
)
LATER = (
    (TRIGGER.format(body="NEW.a := lower(NEW.a);"), "f(), which the trigger g calls, names a"),
    ("CREATE VIEW v AS SELECT a FROM t", "view public.v reads public.t.a"),
    ("CREATE INDEX later ON t (lower(a))", "later was added to public.t.a"),
    ("ALTER TABLE t ADD CONSTRAINT later CHECK (a <> '')", "later was added to public.t.a"),
    ("CREATE POLICY p ON t USING (a > '')", "policy p on table public.t reads public.t.a"),
    ("ALTER TABLE t ALTER a SET NOT NULL", "NOT NULL of public.t.a"),
    ("ALTER TABLE t ALTER a SET DEFAULT 'x'", "the default of public.t.a"),
    ("COMMENT ON COLUMN t.a IS 'x'", "comment of public.t.a"),
    ("GRANT SELECT (a) ON t TO PUBLIC", "privileges of public.t.a"),
)


@pytest.mark.usefixtures("start")
@pytest.mark.parametrize(("sql", "says"), LATER)
def test_what_was_hung_on_the_column_later_closes_the_gate(dsn: str, sql: str, says: str) -> None:
    forward(dsn, RENAME, E, B, S)
    execute(dsn, sql)
    before = fingerprint(dsn)

    with pytest.raises(GateClosedError) as closed:
        forward(dsn, RENAME, C)

    assert says in str(closed.value)
    assert closed.value.exit_code == 1
    assert_schema(before, dsn)


@pytest.mark.usefixtures("start")
def test_a_trigger_that_names_another_column_is_in_nobodys_way(dsn: str) -> None:
    execute(dsn, TRIGGER.format(body="NEW.b := NEW.b + 1; /* aa a1 b */"))

    forward(dsn, RENAME)


@pytest.mark.usefixtures("start")
def test_writes_through_the_old_column_close_the_gate_until_they_end(dsn: str) -> None:
    for phase in (E, B, S):
        ec.apply(dsn, RENAME, phase)
    with pytest.raises(GateClosedError, match=r"quiet for \d+ s of the 600 s required"):
        ec.apply(dsn, RENAME, C, quiet=600)

    an_hour_later = "UPDATE expandcontract.observations SET since = since - interval '1 hour'"
    execute(dsn, an_hour_later, "UPDATE t SET a = a || '!' WHERE id = 1")
    with pytest.raises(GateClosedError, match="end the old release"):
        ec.apply(dsn, RENAME, C, quiet=600)
    execute(dsn, an_hour_later, "UPDATE t SET z = z || '?'", "INSERT INTO t (z) VALUES ('new')")

    assert ec.apply(dsn, RENAME, C, quiet=600).state == "closed"


@pytest.mark.usefixtures("start")
def test_a_closed_gate_is_passed_with_a_recorded_reason(
    dsn: str, connection: psycopg.Connection
) -> None:
    for phase in (E, B, S):
        ec.apply(dsn, RENAME, phase)

    assert ec.apply(dsn, RENAME, C, override="nobody writes at night").state == "closed"

    told = connection.execute(
        "SELECT detail ->> 'reason' FROM expandcontract.events WHERE what = 'gate overridden'"
    ).fetchall()
    assert told == [("nobody writes at night",)]


@pytest.mark.usefixtures("start")
def test_a_half_reverted_contract_takes_no_phase_but_contract(dsn: str) -> None:
    forward(dsn, RENAME)
    data = rows(dsn, "t")
    journal_stop(dsn)

    for phase in (E, B, S):
        with pytest.raises(PhaseOrderError, match="half way back from contract"):
            forward(dsn, RENAME, phase)
    forward(dsn, RENAME, C)

    assert rows(dsn, "t") == data


def journal_stop(dsn: str) -> None:
    """Stop the revert of contract once the old column is there and before it is filled."""

    journal = Journal()
    with (
        running(dsn, journal, stop=lambda: bool(journal.pieces())) as runner,
        pytest.raises(ec.ExpandContractError, match="stopped on request"),
    ):
        revert_phase(runner, ledger.named(runner.session, RENAME.name), C)


@pytest.mark.usefixtures("start")
def test_a_contract_is_not_reverted_onto_another_schema(dsn: str) -> None:
    forward(dsn, RENAME)
    execute(dsn, "ALTER TABLE t RENAME z TO y")
    before = fingerprint(dsn)

    with pytest.raises(DriftError, match="a and the trigger are gone"):
        back(dsn, RENAME, C)

    assert_schema(before, dsn)
    assert_nothing_open(dsn)


def assert_nothing_open(dsn: str) -> None:
    assert [change.name for change in ec.status(dsn) if change.is_open] == []


@pytest.mark.usefixtures("start")
def test_the_status_can_be_read_where_nothing_may_be_written(dsn: str) -> None:
    forward(dsn, RENAME, E, B, S)

    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = on")
        [change] = ec.status(connection)

    connection.close()
    assert (change.state, change.next_phase) == ("switched", C)


@pytest.mark.usefixtures("start")
def test_rows_that_do_not_agree_stop_the_switch_until_the_copy_is_made_again(dsn: str) -> None:
    forward(dsn, RENAME, E, B)
    around = "ALTER TABLE t {} TRIGGER USER"
    wrong = "UPDATE t SET z = 'wrong' WHERE id < 4"
    execute(dsn, around.format("DISABLE"), wrong, around.format("ENABLE"))

    with pytest.raises(ec.ExpandContractError) as mismatch:
        forward(dsn, RENAME, S)

    assert "verify: 3 rows do not agree, for example those with the key 1, 2, 3" in str(
        mismatch.value
    )
    assert mismatch.value.exit_code == 1
    with pytest.raises(PhaseOrderError, match="run backfill first"):
        forward(dsn, RENAME, S)
    forward(dsn, RENAME, B, S, C)


READ = """
    CREATE TABLE t (id int PRIMARY KEY, a int, b int, CONSTRAINT k CHECK (a > 0));
    CREATE INDEX i ON t (a, b) WHERE b > 0; CREATE VIEW v AS SELECT id, a FROM t;
    CREATE POLICY p ON t USING (a > 0); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER g BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f();
"""
#: What somebody defines anew while a change is open that knows it.
REDEFINED = {
    "k": "ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (a > -1)",
    "i": "DROP INDEX i; CREATE UNIQUE INDEX i ON t (a, b) WHERE b > 0",
    "view public.v": "CREATE OR REPLACE VIEW v AS SELECT id, a FROM t WHERE a > 10",
    "policy p": "ALTER POLICY p ON t USING (a > 400)",
    "trigger g": "CREATE OR REPLACE TRIGGER g BEFORE INSERT OR UPDATE OF a ON t"
    " FOR EACH ROW EXECUTE FUNCTION f()",
}


@pytest.mark.parametrize("what", REDEFINED)
def test_what_was_defined_anew_is_not_undone_without_a_word(dsn: str, what: str) -> None:
    execute(dsn, READ)
    forward(dsn, RENAME, E, B, S)
    execute(dsn, REDEFINED[what])

    with pytest.raises(GateClosedError) as closed:
        forward(dsn, RENAME, C)
    [reason] = [one for one in closed.value.reasons if "defined anew" in one]
    assert what in reason
    assert "the old one would come back" in reason

    back(dsn, RENAME, S, B, E)
    anew = fingerprint(dsn)
    forward(dsn, RENAME)
    back(dsn, RENAME, C, S, B, E)
    assert_schema(anew, dsn)


@pytest.mark.parametrize(
    "change",
    [
        RENAME,
        ec.ChangeType(table="t", column="a", type="bigint"),
        ec.WidenPrimaryKey(table="t", column="id"),
    ],
    ids=lambda change: change.kind,
)
def test_what_the_change_itself_does_is_not_defined_anew(dsn: str, change: Change) -> None:
    execute(dsn, READ)

    forward(dsn, change)
