"""`kill -9` anywhere, then the same command again: the end is that of a run without it."""

from collections.abc import Iterator

import pytest

from expandcontract.changes.rename_column import RenameColumn
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.mortal import KILLED, Mortals, Request
from tests.support.walk import execute

RENAME = RenameColumn(table="t", old="a", new="z")
SETUP = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        a text NOT NULL DEFAULT 'none' CHECK (a <> ''), UNIQUE (a));
    CREATE INDEX i ON t (lower(a));
    COMMENT ON INDEX i IS 'x';
    INSERT INTO t (a) SELECT g FROM generate_series(1, 8) AS g;
"""
NATIVE = "ALTER TABLE t RENAME a TO z"


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals() as mortals:
        yield mortals


@pytest.mark.parametrize("half", [0, 1])
def test_a_run_that_was_killed_at_any_commit_is_finished_by_the_same_command(
    databases: Databases, mortals: Mortals, half: int
) -> None:
    template = databases.template("kill", lambda dsn: execute(dsn, SETUP))
    with databases.database(template) as dsn:
        points = mortals.live(Request(dsn=dsn, change=RENAME)).passed
        assert points > 30
        end, data = fingerprint(dsn), rows(dsn, "t")
    with databases.database(template) as dsn:
        execute(dsn, NATIVE)
        assert_schema(fingerprint(dsn), dsn)

    for point in range(1 + half, points + 1, 2):
        with databases.database(template) as dsn:
            doomed = Request(dsn=dsn, change=RENAME, point=point)
            assert mortals.live(doomed).code == KILLED
            assert mortals.live(Request(dsn=dsn, change=RENAME)).code == 0
            assert_schema(end, dsn)
            assert rows(dsn, "t") == data
