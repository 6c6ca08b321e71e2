"""`kill -9` in the middle of kinds that exchange columns; the soak run dies at every commit."""

from collections.abc import Iterator

import pytest

from tests.engine.enum_cases import MERGED
from tests.engine.shape_cases import SPLIT
from tests.engine.type_cases import TWINS
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.mortal import KILLED, Mortals, Request
from tests.support.walk import Case, back, execute

CASES = (TWINS[2], SPLIT, MERGED)
STRIDE = 17


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals() as mortals:
        yield mortals


def dies_everywhere(databases: Databases, mortals: Mortals, case: Case, stride: int) -> None:
    template = databases.template(f"kill {case.id}", lambda dsn: execute(dsn, case.setup))
    with databases.database(template) as dsn:
        start, data = fingerprint(dsn), rows(dsn, *case.tables)
        points = mortals.live(Request(dsn=dsn, change=case.change)).passed
        end, done = fingerprint(dsn), rows(dsn, *case.tables)
    assert points > 15

    for point in range(1 + len(case.id) % stride, points + 1, stride):
        with databases.database(template) as dsn:
            doomed = Request(dsn=dsn, change=case.change, point=point)
            assert mortals.live(doomed).code == KILLED
            assert mortals.live(Request(dsn=dsn, change=case.change)).code == 0
            assert_schema(end, dsn)
            assert rows(dsn, *case.tables) == done
            if point + stride > points:
                back(dsn, case.change)
                assert_schema(start, dsn)
                assert rows(dsn, *case.tables) == data


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_run_that_was_killed_is_finished_by_the_same_command(
    databases: Databases, mortals: Mortals, case: Case
) -> None:
    dies_everywhere(databases, mortals, case, STRIDE)
