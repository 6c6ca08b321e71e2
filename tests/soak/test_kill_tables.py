"""`kill -9` after every commit of the changes of whole tables, and back where there is a way."""

import pytest

from tests.engine.table_cases import THOROUGH
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.mortal import KILLED, Mortals, Request
from tests.support.walk import Case, execute, forward

pytestmark = pytest.mark.timeout(3600)
WAYS = [(case, revert) for case in THOROUGH for revert in (False, True)]


@pytest.mark.parametrize(
    ("case", "revert"), [way for way in WAYS if not (way[0].is_final and way[1])], ids=str
)
def test_whatever_was_killed_is_finished_by_the_same_command(
    databases: Databases, case: Case, *, revert: bool
) -> None:
    def build(dsn: str) -> None:
        execute(dsn, case.setup, case.before)
        if revert:
            forward(dsn, case.change)

    template = databases.template(f"soak kill {case} {revert}", build)
    tables = case.tables if revert else case.at_end

    with Mortals() as mortals:
        with databases.database(template) as dsn:
            life = mortals.live(Request(dsn=dsn, change=case.change, revert=revert))
            assert life.code == 0, life
            end, data = fingerprint(dsn), rows(dsn, *tables)
        assert life.passed > 3
        for point in range(1, life.passed + 1):
            with databases.database(template) as dsn:
                doomed = Request(dsn=dsn, change=case.change, point=point, revert=revert)
                assert mortals.live(doomed).code == KILLED
                again = mortals.live(Request(dsn=dsn, change=case.change, revert=revert))
                assert again.code == 0, (point, again)
                assert_schema(end, dsn)
                assert rows(dsn, *tables) == data
