"""What contract keeps, and how it goes."""

import json

import psycopg
import pytest

import expandcontract
from expandcontract.model.phase import Phase
from tests.cli.conftest import Ec

FAX = expandcontract.DropColumn(table="users", column="fax", owner="shop")
NAME = FAX.name
COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"
    " AND NOT attisdropped ORDER BY attnum"
)


@pytest.fixture
def contracted(connection: psycopg.Connection, dsn: str) -> str:
    connection.execute("CREATE TABLE users (id int PRIMARY KEY, fax text NOT NULL)")
    connection.execute("INSERT INTO users VALUES (1, '555')")
    for phase in Phase:
        expandcontract.apply(dsn, FAX, phase)
    return NAME


def test_a_contracted_change_says_how_long_it_can_be_taken_back(ec: Ec, contracted: str) -> None:
    outcome = ec("status")

    assert outcome.code == 0
    assert "contracted" in outcome.out
    assert f"can be taken back until it is closed: ec contract {contracted} --close" in outcome.out
    [change] = json.loads(ec("status", "--json").out)["changes"]
    assert (change["open"], change["next_phase"]) == (True, None)
    assert change["closes_from"] > change["since"]


def test_nothing_is_closed_by_itself_before_its_day(
    connection: psycopg.Connection, ec: Ec, contracted: str
) -> None:
    early = ec("contract", "--close")
    assert (early.code, "nothing is past its day" in early.out) == (0, True)

    connection.execute("UPDATE expandcontract.changes SET reached_at = now() - interval '8 days'")
    late = ec("contract", "--close")

    assert late.code == 0
    assert f"{contracted} is closed" in late.out
    assert connection.execute(COLUMNS).fetchall() == [("id",)]


def test_closing_by_name_says_what_goes_and_there_is_no_way_back(
    connection: psycopg.Connection, dsn: str, ec: Ec, contracted: str
) -> None:
    outcome = ec("contract", contracted, "--close")

    assert outcome.code == 0
    assert "is closed for good; then\n  fax and its values are gone" in outcome.err
    assert connection.execute(COLUMNS).fetchall() == [("id",)]
    assert ec("contract", contracted, "--close").code == 0  # again: nothing to do
    with pytest.raises(expandcontract.ExpandContractError, match="from a backup"):
        expandcontract.revert(dsn, FAX, Phase.CONTRACT)


def test_until_then_the_column_comes_back_with_its_values(
    connection: psycopg.Connection, dsn: str, ec: Ec, contracted: str
) -> None:
    connection.execute("INSERT INTO users (id) VALUES (2)")

    expandcontract.revert(dsn, FAX, Phase.CONTRACT)

    rows = connection.execute("SELECT id, fax FROM users ORDER BY id").fetchall()
    assert rows == [(1, "555"), (2, None)]
    outcome = ec("contract", contracted, "--close")
    assert outcome.code == 2
    assert "run contract first" in outcome.err


def test_an_override_is_not_for_closing(ec: Ec, contracted: str) -> None:
    outcome = ec("contract", contracted, "--close", "--override", "in a hurry")

    assert outcome.code == 2
    assert "closing has no gate" in outcome.err
