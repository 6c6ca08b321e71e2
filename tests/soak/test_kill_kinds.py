"""`kill -9` at every commit of every kind, forwards and backwards."""

from collections.abc import Iterator

import pytest

from tests.engine.every_kind import DYING, TREES
from tests.support.databases import Databases
from tests.support.deaths import Deaths
from tests.support.mortal import Mortals
from tests.support.walk import Case

pytestmark = pytest.mark.timeout(3600)
EVERY = (*DYING, *TREES)
BACK = [case for case in EVERY if not case.is_one_way]


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals() as mortals:
        yield mortals


@pytest.mark.parametrize("case", EVERY, ids=lambda case: f"{case.change.kind} {case}")
def test_whatever_was_killed_is_finished_by_the_same_command(
    databases: Databases, mortals: Mortals, case: Case
) -> None:
    assert Deaths(databases=databases, mortals=mortals, case=case).die() >= 3


@pytest.mark.parametrize("case", BACK, ids=lambda case: f"{case.change.kind} {case}")
def test_whatever_was_killed_on_its_way_back_comes_back_by_the_same_command(
    databases: Databases, mortals: Mortals, case: Case
) -> None:
    assert Deaths(databases=databases, mortals=mortals, case=case, revert=True).die() >= 3
