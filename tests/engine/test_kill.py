"""`kill -9` anywhere, then the same command again: the end is that of a run without it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from expandcontract.changes.change_type import ChangeType
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.model.phase import Phase
from tests.support.databases import Databases
from tests.support.deaths import Deaths
from tests.support.mortal import KILLED, Mortals, Request
from tests.support.walk import Case, execute, forward

RENAME = RenameColumn(table="t", old="a", new="z")
SETUP = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        a text NOT NULL DEFAULT 'none' CHECK (a <> ''), UNIQUE (a));
    CREATE INDEX i ON t (lower(a));
    COMMENT ON INDEX i IS 'x';
    INSERT INTO t (a) SELECT g FROM generate_series(1, 8) AS g;
"""
CASE = Case(id="killed", setup=SETUP, change=RENAME, oracle="ALTER TABLE t RENAME a TO z")


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals() as mortals:
        yield mortals


@pytest.mark.parametrize("revert", [False, True])
def test_whatever_was_killed_is_finished_by_the_same_command(
    databases: Databases, mortals: Mortals, *, revert: bool
) -> None:
    deaths = Deaths(databases=databases, mortals=mortals, case=CASE, revert=revert, stride=2)

    assert deaths.die() >= 8


def test_a_contract_that_was_killed_after_its_last_step_is_not_kept_from_its_end(
    databases: Databases, mortals: Mortals
) -> None:
    """By then another column has the name of the one that the gate would look at."""
    change = ChangeType(table="t", column="a", type="varchar(9)", up="left(a, 9)", lossy=True)

    def build(dsn: str) -> None:
        execute(dsn, SETUP)
        forward(dsn, change, *list(Phase)[:3])

    template = databases.template("killed at its end", build)
    contract = Request(dsn="", change=change, stages=("contract",))
    with databases.database(template) as dsn:
        points = mortals.live(replace(contract, dsn=dsn)).passed
    for point in (points - 2, points - 1, points):
        with databases.database(template) as dsn:
            assert mortals.live(replace(contract, dsn=dsn, point=point)).code == KILLED
            again = mortals.live(replace(contract, dsn=dsn))
            assert again.code == 0, (point, again)


def test_a_run_that_was_killed_while_the_ledger_was_made_makes_it(
    databases: Databases, mortals: Mortals
) -> None:
    for point in (1, 2):
        with databases.database() as dsn:
            execute(dsn, SETUP)
            assert mortals.live(Request(dsn=dsn, change=RENAME, point=point)).code == KILLED
            assert mortals.live(Request(dsn=dsn, change=RENAME)).code == 0
