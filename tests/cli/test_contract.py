import json
import re

import psycopg

import expandcontract
from expandcontract.model.phase import Phase
from tests.cli.conftest import Ec, rest


def columns(connection: psycopg.Connection) -> list[str]:
    sql = "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"
    names = [name for (name,) in connection.execute(sql + " AND NOT attisdropped ORDER BY 1")]
    return [str(name) for name in names]


def test_what_the_plan_carries_and_somebody_dropped_is_named_and_made_again(
    ec: Ec, dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE t (id int PRIMARY KEY, a text)")
    connection.execute("CREATE VIEW shown AS SELECT id, a FROM t")
    change = expandcontract.RenameColumn(table="t", old="a", new="z")
    for phase in (Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH):
        expandcontract.apply(dsn, change, phase)
    rest(connection)
    assert "made again" not in ec("contract-check", change.name).out
    connection.execute("DROP VIEW shown")

    told = ec("contract-check", change.name)

    assert told.code == 0
    assert "dropped since and made again" in told.out
    assert "view public.shown" in told.out
    assert ec("contract", change.name).code == 0
    assert connection.execute("SELECT to_regclass('shown') IS NOT NULL").fetchone() == (True,)


def test_a_closed_gate_is_exit_1_with_every_reason(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE INDEX later ON users (lower(email))")

    outcome = ec("contract", switched)

    assert outcome.code == 1
    assert "later was added to public.users.email after the change began" in outcome.err
    assert re.search(r"the old side has been quiet for \d+ s of the 600 s required", outcome.err)
    assert columns(connection) == ["email", "email_address", "id"]


def test_an_open_gate_lets_it_through(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    ec("contract-check", switched)
    rest(connection)

    outcome = ec("contract", switched)

    assert outcome.code == 0
    assert outcome.out == f"{switched} is closed\n"
    assert columns(connection) == ["email_address", "id"]
    assert ec("contract", switched).code == 0  # again: nothing to do
    assert "nothing is left to contract" in ec("contract-check", switched).out


def test_an_old_release_that_writes_keeps_it_closed(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    ec("contract-check", switched)
    rest(connection)
    connection.execute("UPDATE users SET email = 'late@example.org' WHERE id = 1")

    assert ec("contract", switched).code == 1
    assert columns(connection) == ["email", "email_address", "id"]


def test_an_override_goes_through_and_is_kept(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    outcome = ec("contract", switched, "--override", "the old release is off since May")

    assert outcome.code == 0
    assert columns(connection) == ["email_address", "id"]
    sql = "SELECT detail->>'reason' FROM expandcontract.events WHERE what = 'gate overridden'"
    assert connection.execute(sql).fetchall() == [("the old release is off since May",)]


def test_an_override_does_not_lose_what_hangs_on_the_old_column(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE VIEW addresses AS SELECT email FROM users")

    outcome = ec("contract", switched, "--override", "in a hurry")

    assert outcome.code == 1
    assert "view public.addresses reads" in outcome.err
    assert "quiet" not in outcome.err
    assert columns(connection) == ["email", "email_address", "id"]


def test_an_override_wants_a_change_and_a_reason(ec: Ec, switched: str) -> None:
    assert "ec contract NAME --override REASON" in ec("contract", "--override", "why").err
    assert ec("contract", switched, "--override", " ").code == 2


def test_an_override_never_skips_a_phase(ec: Ec, users: str) -> None:
    outcome = ec("contract", users, "--override", "in a hurry")

    assert outcome.code == 1
    assert f"backfill is not over; run ec backfill {users}" in outcome.err


def test_without_a_name_all_that_is_due_is_run(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    assert ec("contract").out == "no contract is due\n"
    connection.execute(
        "INSERT INTO expandcontract.due (change_id, phase, revision)"
        " SELECT id, 'contract', 'ae10' FROM expandcontract.changes"
    )

    closed = ec("contract")
    assert closed.code == 1
    assert f"contract of {switched} may not start yet" in closed.out
    assert "asked for by revision ae10" in ec("status").out
    rest(connection)
    opened = ec("contract")
    assert (opened.code, opened.out) == (0, f"{switched} is closed\n")
    assert ec("contract").out == "no contract is due\n"


def test_without_a_ledger_nothing_is_due(ec: Ec) -> None:
    assert ec("contract").out == "no contract is due\n"


def test_the_check_shows_its_evidence(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    closed = ec("contract-check", switched)
    rest(connection)
    opened = ec("contract-check", switched, "--json")

    assert closed.code == 1
    assert f"contract of {switched}: closed\n  - the old side has been quiet" in closed.out
    assert re.search(r"quiet seconds  \d+\n", closed.out)
    assert opened.code == 0
    document = json.loads(opened.out)
    assert (document["open"], document["reasons"]) == (True, [])
    assert int(document["evidence"]["quiet_seconds"]) >= 3600


def test_the_check_of_an_unfinished_change_says_what_is_missing(ec: Ec, users: str) -> None:
    outcome = ec("contract-check", users)

    assert outcome.code == 1
    assert f"backfill is not over (run ec backfill {users})" in outcome.out
