"""Changes of trees of tables, there and back; all of them, stopped anywhere: tests/thorough."""

from collections.abc import Iterator

import pytest

from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from tests.engine.part_cases import QUICK
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.walk import Case, back, execute, forward, running


@pytest.fixture
def twin(databases: Databases) -> Iterator[str]:
    """A second database, for the statement that does the same at once."""
    with databases.database() as dsn:
        yield dsn


def changed_and_back(case: Case, dsn: str, twin: str) -> None:
    """All phases, the close left out, and all of them back; the end is the native statement's."""
    execute(dsn, case.setup)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)

    forward(dsn, case.change)
    execute(twin, case.setup, case.oracle)
    if not plan_closes(dsn, case):
        assert_schema(fingerprint(twin), dsn)
        assert rows(dsn, *case.tables) == rows(twin, *case.tables)

    back(dsn, case.change, *reversed(Phase))
    assert_schema(start, dsn)
    assert rows(dsn, *case.tables) == data


def plan_closes(dsn: str, case: Case) -> bool:
    """Whether something is kept until the change is closed."""
    with running(dsn) as runner:
        return bool(ledger.named(runner.session, case.change.name).plan.close)


@pytest.mark.parametrize("case", QUICK, ids=str)
def test_a_tree_of_tables_is_changed_and_comes_back(
    each_major: int, case: Case, dsn: str, twin: str
) -> None:
    assert each_major
    changed_and_back(case, dsn, twin)
