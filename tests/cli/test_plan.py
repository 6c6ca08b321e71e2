import json

import psycopg

import expandcontract
from expandcontract.model.phase import Phase
from tests.cli.conftest import CHANGE, Ec


def test_every_step_has_its_sql_its_cost_and_its_way_back(ec: Ec, users: str) -> None:
    page = ec("plan", users).out

    assert f"{users} (expanded)" in page
    assert "public.users: about 2,000 rows" in page
    for phase in Phase:
        assert f"\n{phase}\n" in page
    assert "twin (done): email_address stands beside email" in page
    assert 'ADD COLUMN "email_address" text\n' in page
    assert "ACCESS EXCLUSIVE on public.users, stops reads and writes; for a moment" in page
    assert "builds an index, scans the table, outside a transaction" in page
    assert 'taken back by\n      ALTER TABLE "public"."users" DROP CONSTRAINT' in page
    assert 'SET "email_address" = "email" WHERE ("id") > (low)' in page
    assert "Note: a prepared SELECT *" in page
    assert "The contract can be taken back, too" in page


def test_the_source_of_functions_is_shown_on_request(ec: Ec, users: str) -> None:
    assert "END IF;" not in ec("plan", users).out
    assert "END IF;" in ec("plan", users, "-v").out


def test_the_plan_as_json_is_the_frozen_one(ec: Ec, users: str, dsn: str) -> None:
    [found] = json.loads(ec("plan", users, "--json").out)["plans"]

    assert found["name"] == users
    assert found["tables"][0]["name"] == "public.users"
    assert found["tables"][0]["rows_estimated"] == 2000
    assert [step["state"] for step in found["plan"]["steps"][:2]] == ["done", None]
    frozen = expandcontract.status(dsn, users)
    assert frozen[0].name == found["name"]
    assert found["plan"]["steps"][0]["statements"][0]["lock"] == "ACCESS EXCLUSIVE"


def test_a_contracted_change_can_still_be_read(
    ec: Ec, switched: str, dsn: str, connection: psycopg.Connection
) -> None:
    expandcontract.apply(dsn, CHANGE, Phase.CONTRACT, quiet=0)
    connection.execute("DROP TABLE users")

    assert f"{switched} (closed)" in ec("plan", switched).out
