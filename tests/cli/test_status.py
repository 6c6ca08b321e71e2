import json
import re
from datetime import date

import psycopg
import pytest

import expandcontract
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.embedded import Node, Topology
from expandcontract.model.phase import Phase
from tests.cli.conftest import CHANGE, NAME, Ec


def test_without_a_ledger_nothing_was_started(ec: Ec, connection: psycopg.Connection) -> None:
    assert ec("status").out == "no change was ever started in this database\n"
    assert json.loads(ec("status", "--json").out) == {"changes": []}
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchone() == (None,)


def test_a_change_is_shown_with_what_comes_next(ec: Ec, users: str) -> None:
    outcome = ec("status")

    assert outcome.code == 0
    heading, row = outcome.out.splitlines()[:2]
    assert heading.split() == ["change", "state", "next", "gate", "since", "owner"]
    assert row.split()[:4] == [users, "expanded", "backfill", "open"]
    assert row.split()[-1] == "accounts"


def test_dates_are_read_whatever_style_a_database_has(
    ec: Ec, switched: str, connection: psycopg.Connection
) -> None:
    name = psycopg.sql.Identifier(connection.info.dbname)
    style = "ALTER DATABASE {} SET datestyle = 'German, DMY'"
    connection.execute(psycopg.sql.SQL(style).format(name))

    for words in (("status",), ("status", switched)):
        outcome = ec(*words)
        assert outcome.code == 0, outcome.err


def test_a_closed_gate_says_why(ec: Ec, switched: str) -> None:
    outcome = ec("status", switched)

    assert "contract may not start: the old side has been quiet" in outcome.out
    [change] = json.loads(ec("status", switched, "--json").out)["changes"]
    assert change["state"] == "switched"
    assert change["next_phase"] == "contract"
    assert "the old side has been quiet" in change["closed_by"][0]


def test_one_change_is_shown_with_its_event_log(ec: Ec, switched: str) -> None:
    shown = ec("status", switched).out
    [change] = json.loads(ec("status", switched, "--json").out)["changes"]

    assert change["events"][0]["what"] == "planned"
    assert change["events"][-1]["what"] == "switched"
    assert re.search(r"when +what +detail", shown)
    assert re.search(r"^20\d\d-.* switched", shown, re.MULTILINE)
    assert "events" not in json.loads(ec("status", "--json").out)["changes"][0]


def test_a_column_names_its_change(ec: Ec, users: str) -> None:
    assert users in ec("status", "users.email").out
    assert users in ec("status", "public.users.email_address").out


def test_a_column_names_a_change_that_was_reverted(ec: Ec, users: str, dsn: str) -> None:
    expandcontract.revert(dsn, CHANGE, Phase.EXPAND)

    outcome = ec("status", "users.email")

    assert outcome.code == 0
    assert re.search(rf"{re.escape(users)} +reverted", outcome.out)
    for command in ("backfill", "switch", "contract", "verify"):
        outcome = ec(command, "users.email")
        assert outcome.code in {1, 2}, command
        assert "reverted" in outcome.err + outcome.out, (command, outcome)


def test_an_overdue_contract_is_said(ec: Ec, users: str, connection: psycopg.Connection) -> None:
    connection.execute("UPDATE expandcontract.changes SET contract_by = '2020-02-02'")

    assert f"overdue: contract was wanted by {date(2020, 2, 2)}" in ec("status", users).out


def test_an_overdue_contract_fails_the_check(
    ec: Ec, users: str, connection: psycopg.Connection
) -> None:
    outcome = ec("status", "--overdue")
    assert (outcome.code, outcome.out) == (0, "no contract is overdue\n")

    connection.execute("UPDATE expandcontract.changes SET contract_by = '2020-02-02'")
    outcome = ec("status", "--overdue")
    assert outcome.code == 1
    assert users in outcome.out


@pytest.mark.parametrize("command", ["status", "plan", "backfill", "switch", "contract"])
def test_an_unknown_name_names_the_nearest(ec: Ec, users: str, command: str) -> None:
    outcome = ec(command, "users.emial")

    assert outcome.code == 2
    assert "there is no change 'users.emial'; did you mean 'users.email'?" in outcome.err
    assert users in ec(command, users.replace("-to-", "-too-")).err


def test_a_change_that_was_begun_again_is_named_once(ec: Ec, users: str, dsn: str) -> None:
    expandcontract.revert(dsn, CHANGE, Phase.EXPAND)
    expandcontract.apply(dsn, CHANGE, Phase.EXPAND)

    assert ec("status", "something else").err.count(users) == 1


@pytest.mark.parametrize("command", ["status", "plan", "backfill", "contract-check", "verify"])
def test_a_name_without_a_ledger_is_unknown(
    ec: Ec, command: str, connection: psycopg.Connection
) -> None:
    outcome = ec(command, NAME)

    assert outcome.code == 2
    assert "the ledger holds none yet" in outcome.err
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("dsn", "code", "said"),
    [
        ("postgresql://nobody:s3cret@127.0.0.1:1/none", 3, "no connection to the database"),
        ("mysql://nobody:s3cret@127.0.0.1/none", 2, "it names mysql, not postgresql"),
        ("host=127.0.0.1 port=1 dbname", 2, "write postgresql://"),
    ],
)
def test_a_database_that_is_not_there(ec: Ec, dsn: str, code: int, said: str) -> None:
    for command in (["status"], ["doctor"], ["backfill", "x"], ["contract"]):
        outcome = ec(*command, "--dsn", dsn)

        assert outcome.code == code
        assert said in outcome.err
        assert "s3cret" not in outcome.err


def test_a_role_that_may_not_read_the_ledger_is_told(
    ec: Ec, users: str, connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("DROP ROLE IF EXISTS stranger")
    connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'secret'")
    where = psycopg.conninfo.make_conninfo(dsn, user="stranger", password="secret")

    outcome = ec("status", users, "--dsn", where)
    assert outcome.code == 3
    assert "permission denied" in outcome.err
    assert "run as the table's owner" in outcome.err
    grant = "GRANT SELECT ON ALL TABLES IN SCHEMA expandcontract"
    assert f"{grant} to this role" in outcome.err
    connection.execute(f"{grant} TO stranger".encode())

    told = [ec(*words, "--dsn", where) for words in (["status"], ["status", users])]
    connection.execute("DROP OWNED BY stranger CASCADE")
    connection.execute("DROP ROLE stranger")

    assert [one.code for one in told] == [0, 0], told
    assert all(users in one.out for one in told)


def test_a_role_that_only_reads_may_check_and_stores_nothing(
    ec: Ec, switched: str, connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("DROP ROLE IF EXISTS reader")
    connection.execute("CREATE ROLE reader LOGIN PASSWORD 'secret'")
    connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA expandcontract TO reader")
    where = psycopg.conninfo.make_conninfo(dsn, user="reader", password="secret")
    notes = "SELECT what, value, since, seen_at FROM expandcontract.observations ORDER BY 1"
    before = connection.execute(notes).fetchall()

    outcome = ec("contract-check", switched, "--dsn", where)
    after = connection.execute(notes).fetchall()
    assert "GRANT SELECT ON ALL SEQUENCES" in outcome.out
    connection.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA expandcontract TO reader")
    again = ec("contract-check", switched, "--dsn", where)
    status = ec("status", "--dsn", where)
    connection.execute("DROP OWNED BY reader CASCADE")
    connection.execute("DROP ROLE reader")

    assert (outcome.code, outcome.err) == (1, "")
    assert f"contract of {switched}: closed" in outcome.out
    assert "nothing was stored: this role may not write" in outcome.out
    assert "which counts the writes" not in again.out
    assert (before, status.code) == (after, 0)
    assert "nothing was stored" not in ec("contract-check", switched).out


def test_a_standby_is_named_when_something_is_to_be_written(
    ec: Ec, replicated: Topology[Node], replicated_dsn: str, standby_dsn: str
) -> None:
    with psycopg.connect(replicated_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (id int PRIMARY KEY, a int)")
    change = RenameColumn(table="t", old="a", new="b")
    expandcontract.apply(replicated_dsn, change, Phase.EXPAND)
    replicated.wait_until_replayed()

    assert ec("status", "--dsn", standby_dsn).code == 0
    refused = ec("backfill", change.name, "--dsn", standby_dsn)
    assert refused.code == 3
    assert "give the DSN of the primary" in refused.err


def test_times_carry_their_zone(ec: Ec, users: str) -> None:
    assert users in (said := ec("status").out)
    assert re.search(r"\d\d:\d\d (UTC|[A-Z]{3,}|[+-]\d\d)", said)
