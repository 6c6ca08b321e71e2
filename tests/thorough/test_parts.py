"""Every change of a tree of tables, there and back; stopped anywhere and on each major: soak."""

import pytest

from tests.engine.part_cases import CASES, QUICK
from tests.engine.test_parts import changed_and_back
from tests.support.databases import Databases
from tests.support.walk import Case

REST = [case for case in CASES if case not in QUICK]


@pytest.mark.parametrize("case", REST, ids=str)
def test_a_tree_of_tables_is_changed_and_comes_back(
    case: Case, dsn: str, databases: Databases
) -> None:
    with databases.database() as twin:
        changed_and_back(case, dsn, twin)
