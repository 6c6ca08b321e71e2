import json
import os
from pathlib import Path

import psycopg
import pytest

import expandcontract
from expandcontract.model.phase import Phase
from tests.cli.conftest import CHANGE, Ec
from tests.ops.project import EMAIL, Project
from tests.support.forking import forks


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


def test_a_name_that_is_neither_change_nor_revision_is_unknown(
    ec: Ec, users: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert f"did you mean '{users}'?" in ec("plan", f"{users}x").err
    assert "cannot be read" in ec("plan").err  # and no project to look for pending ones


class Shop:
    """The example project at its first revision."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.project = Project(folder, dsn)
        self.project.alembic("upgrade", "r1")

    def plan(self, *words: str) -> tuple[int, str, str]:
        done = forks().run(
            ["-m", "expandcontract", "plan", *words], self.project.folder, os.environ
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def shop(tmp_path: Path, dsn: str) -> Shop:
    return Shop(tmp_path / "project", dsn)


def test_without_a_target_the_pending_revisions_are_planned(shop: Shop) -> None:
    code, out, err = shop.plan()

    assert (code, err) == (0, "")
    assert [line.split()[-1] for line in out.splitlines() if "(not started)" in line] == [
        "r2",
        "r3",
        "r4",
        "r5",
        "r6",
    ]
    assert "builds an index" in out
    shop.project.alembic("upgrade", "r3")
    code, out, _ = shop.plan("--json")
    found = json.loads(out)["plans"]
    assert [(item["revision"], item["phases"], item["state"]) for item in found] == [
        ("r4", ["backfill"], "expanded"),
        ("r5", ["switch"], "expanded"),
        ("r6", ["contract"], "expanded"),
    ]


def test_a_revision_shows_its_own_phases(shop: Shop) -> None:
    code, out, _ = shop.plan("r3")

    assert code == 0
    assert 'ADD COLUMN "email_address"' in out
    assert "\nexpand\n" in out
    assert "\nbackfill\n" not in out
    assert shop.plan("r77")[0] == 2


def test_what_cannot_be_carried_out_is_said_before(shop: Shop, dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("ALTER TABLE users ADD g text GENERATED ALWAYS AS (email) STORED")

    code, out, _ = shop.plan("r3")

    assert code == 1
    assert "no plan: " in out
    assert "column g of table public.users" in out


BEHIND = """
    op.expand(ec.DropNotNull(table="users", column="email", name="kept"))
    op.expand(ec.AddIndex(table="users", columns=("(lower(email))",), index_name="low", name="low"))
    op.expand(ec.AddIndex(table="users", columns=("id",), index_name="other", name="other"))
"""


def test_what_an_open_change_is_in_the_way_of_is_said_before(shop: Shop) -> None:
    shop.project.alembic("upgrade", "r3")
    shop.project.drop_revisions_after("r3")
    shop.project.write_revision("r4", "r3", BEHIND.strip())

    code, out, err = shop.plan("r4")

    assert (code, err) == (1, "")
    kept, low, other = (out[out.index(f"{name} (not") :] for name in ("kept", "low", "other"))
    name = EMAIL.name
    assert (
        f"not yet: waits for {name}, which works on public.users.email\n"
        in kept.partition("low (")[0]
    )
    assert f"not yet: email goes with the contract of {name}" in low.partition("other (")[0]
    assert "not yet" not in other
    assert "an unfinished change is in the way" in shop.project.refused("upgrade", "r4")


def test_at_head_nothing_is_pending(shop: Shop) -> None:
    shop.project.alembic("stamp", "head")

    assert shop.plan() == (0, "no revision that is pending holds a phase of a change\n", "")


def test_a_table_that_is_not_there_yet_is_told_once(shop: Shop, dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("DROP TABLE users CASCADE")

    _, said, _ = shop.plan()

    assert said.count("does not exist") == 1
    assert "a pending revision may create it" in said
