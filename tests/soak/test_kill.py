"""`kill -9` after every commit, forwards and backwards; the default run does half of it."""

import pytest

from tests.engine.test_kill import RENAME, SETUP
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.mortal import KILLED, Mortals, Request, When
from tests.support.walk import execute, forward


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("revert", [False, True])
def test_whatever_was_killed_is_finished_by_the_same_command(
    databases: Databases, when: When, *, revert: bool
) -> None:
    def build(dsn: str) -> None:
        execute(dsn, SETUP)
        if revert:
            forward(dsn, RENAME)

    template = databases.template(f"soak kill {revert}", build)
    with Mortals() as mortals:
        with databases.database(template) as dsn:
            points = mortals.live(Request(dsn=dsn, change=RENAME, revert=revert)).passed
            end, data = fingerprint(dsn), rows(dsn, "t")
        for point in range(1, points + 1):
            with databases.database(template) as dsn:
                doomed = Request(dsn=dsn, change=RENAME, when=when, point=point, revert=revert)
                assert mortals.live(doomed).code == KILLED
                assert mortals.live(Request(dsn=dsn, change=RENAME, revert=revert)).code == 0
                assert_schema(end, dsn)
                assert rows(dsn, "t") == data
