"""`kill -9` of every kind, here and there; the soak run dies at every commit."""

from collections.abc import Iterator

import pytest

from tests.engine.every_kind import DYING, TREES
from tests.support.databases import Databases
from tests.support.deaths import Deaths
from tests.support.mortal import Mortals
from tests.support.walk import Case

#: About one death in each phase of a kind, at another place for each of them.
STRIDE = 7
OFTEN = (*DYING, *TREES[:3])


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals() as mortals:
        yield mortals


@pytest.mark.parametrize("case", OFTEN, ids=lambda case: f"{case.change.kind} {case}")
def test_what_was_killed_is_finished_by_the_same_command(
    databases: Databases, mortals: Mortals, case: Case
) -> None:
    assert Deaths(databases=databases, mortals=mortals, case=case, stride=STRIDE).die() >= 1
