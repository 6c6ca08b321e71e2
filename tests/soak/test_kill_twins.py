"""`kill -9` at every commit of each kind that makes columns of others."""

import pytest

from tests.engine.test_twins import CASES
from tests.support.databases import Databases
from tests.support.mortal import Mortals
from tests.support.walk import Case
from tests.thorough.test_kill_twins import dies_everywhere


@pytest.mark.parametrize("case", CASES, ids=str)
def test_whatever_was_killed_is_finished_by_the_same_command(
    databases: Databases, case: Case
) -> None:
    with Mortals() as mortals:
        dies_everywhere(databases, mortals, case, 1)
