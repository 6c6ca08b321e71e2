"""Reads are moved per cent by per cent, and taken back at once."""

import json

import psycopg
import pytest

import expandcontract
from expandcontract.errors import ArgumentError, PhaseOrderError
from expandcontract.model.phase import Phase
from tests.cli.conftest import CHANGE, NAME, Ec
from tests.cli.test_switch import spoil

POSITION = "SELECT percent, killed, state FROM expandcontract.switches"
AUTHORITY = "SELECT prosrc LIKE '%authority: new%' FROM pg_proc WHERE proname ~ '^zz_ec_.*_sync$'"


def position(connection: psycopg.Connection) -> tuple[int, bool, str]:
    [(percent, killed, state)] = connection.execute(POSITION).fetchall()
    return percent, killed, state


def test_reads_move_in_steps_and_the_authority_with_the_last_one(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    assert position(connection) == (0, False, "backfill")
    for percent in (1, 50, 10):
        outcome = ec("switch", backfilled, "--percent", str(percent))
        assert outcome.code == 0
        assert f"{percent} % of the keys read the new side" in outcome.out
        assert position(connection) == (percent, False, "backfill")
        assert connection.execute(AUTHORITY).fetchall() == [(False,)]

    assert ec("switch", backfilled, "--percent", "100").code == 0

    assert position(connection) == (100, False, "switch")
    assert connection.execute(AUTHORITY).fetchall() == [(True,)]
    assert ec("switch", backfilled, "--percent", "0").code == 0
    assert position(connection) == (0, False, "backfill")
    assert connection.execute(AUTHORITY).fetchall() == [(False,)]


def test_the_first_reads_move_only_when_every_row_agrees(
    ec: Ec, backfilled: str, connection: psycopg.Connection
) -> None:
    spoil(connection)

    outcome = ec("switch", backfilled, "--percent", "1")

    assert outcome.code == 1
    assert "2 rows do not agree" in outcome.err
    assert position(connection)[0] == 0


def test_a_kill_waits_for_nobody_and_contract_waits_for_it(
    ec: Ec, backfilled: str, connection: psycopg.Connection, dsn: str
) -> None:
    assert ec("switch", backfilled).code == 0
    with psycopg.connect(dsn) as other:  # somebody in the middle of moving reads, with the lease
        other.execute("SELECT * FROM expandcontract.leases, expandcontract.positions FOR UPDATE")
        other.execute("INSERT INTO expandcontract.positions (change_id, percent) VALUES (1, 100)")
        killed = ec("switch", backfilled, "--kill")
    assert killed.code == 0
    assert "reads were killed: 0 % of the keys" in killed.out

    assert position(connection) == (0, True, "switch")
    assert connection.execute(AUTHORITY).fetchall() == [(True,)]
    refused = ec("contract", backfilled)
    assert refused.code == 1
    assert "reads were killed" in refused.err + refused.out
    assert ec("switch", backfilled, "--to", "new").code == 0
    assert position(connection) == (100, False, "switch")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((NAME, "--percent", "101"), 2, "0<=x<=100"),
        ((NAME, "--percent", "-1"), 2, "0<=x<=100"),
        ((NAME, "--percent", "ten"), 2, "not a valid integer"),
        ((NAME, "--percent", "10", "--kill"), 2, "one of --percent, --to and --kill"),
        (("users.emial", "--percent", "10"), 2, "did you mean 'users.email'"),
        (("nothing", "--kill"), 2, "there is no change 'nothing'"),
        ((NAME, "--percent", "10"), 2, f"run backfill first: ec backfill {NAME}"),
    ],
)
@pytest.mark.usefixtures("users")
def test_what_cannot_be_done_is_said(
    ec: Ec, words: tuple[str, ...], code: int, message: str
) -> None:
    outcome = ec("switch", *words)

    assert (outcome.code, message in outcome.err) == (code, True), outcome.err


def test_a_change_without_two_sides_has_no_reads_to_move(
    ec: Ec, connection: psycopg.Connection, dsn: str
) -> None:
    connection.execute("CREATE TABLE t (a int)")
    index = expandcontract.AddIndex(table="t", columns=("a",), name="i")
    expandcontract.apply(dsn, index, Phase.EXPAND)

    outcome = ec("switch", index.name, "--percent", "5")

    assert outcome.code == 2
    assert "no two columns between which reads could move" in outcome.err


@pytest.mark.parametrize("words", [(), ("--to", "new"), ("--percent", "100")], ids=str)
def test_the_switch_of_a_change_without_two_sides_needs_no_backfill_and_is_run(
    ec: Ec, connection: psycopg.Connection, dsn: str, words: tuple[str, ...]
) -> None:
    connection.execute("CREATE TABLE t (a int)")
    check = expandcontract.AddCheck(table="t", constraint="c", condition="a > 0")
    expandcontract.apply(dsn, check, Phase.EXPAND)

    outcome = ec("switch", check.name, *words)

    assert outcome.code == 0, outcome.err
    proved = connection.execute("SELECT convalidated FROM pg_constraint WHERE conname = 'c'")
    assert proved.fetchall() == [(True,)]


def test_python_moves_reads_as_the_command_does(
    backfilled: str, connection: psycopg.Connection, dsn: str
) -> None:
    assert expandcontract.switch(dsn, CHANGE, percent=7).percent == 7
    assert expandcontract.switch(dsn, "users.email", kill=True).killed
    assert expandcontract.switch(dsn, backfilled, to="new").state == "switched"
    assert expandcontract.switch(dsn, CHANGE, to="old").state == "backfilled"
    with pytest.raises(ArgumentError, match="from 0 to 100"):
        expandcontract.switch(dsn, CHANGE, percent=200)
    with pytest.raises(ArgumentError, match="only one"):
        expandcontract.switch(dsn, CHANGE, percent=20, kill=True)
    expandcontract.revert(dsn, CHANGE, Phase.BACKFILL)
    with pytest.raises(PhaseOrderError, match="run backfill first"):
        expandcontract.switch(dsn, CHANGE, percent=20)
    assert position(connection)[0] == 0


def test_status_says_where_the_reads_are(ec: Ec, backfilled: str) -> None:
    ec("switch", backfilled, "--percent", "30")

    [found] = json.loads(ec("status", "--json").out)["changes"]

    assert (found["percent"], found["killed"]) == (30, False)
