"""Every change of a tree of tables: stopped anywhere, taken back, under two releases."""

from collections.abc import Iterator

import pytest

from expandcontract.engine.closing import close
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from tests.engine.part_cases import CASES
from tests.stories.story import Story
from tests.stories.telling import tell
from tests.stories.tree_kinds import TREES
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.walk import Case, back, execute, forward, haltingly, plan, running, strong_scans

each_case = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture
def twin(databases: Databases) -> Iterator[str]:
    """A second database, for the statement that does the same at once."""
    with databases.database() as dsn:
        yield dsn


def closed(dsn: str, case: Case) -> None:
    with running(dsn) as runner:
        record = ledger.named(runner.session, case.change.name)
        if record.plan.close:
            close(runner, record)


@each_case
def test_a_tree_that_is_changed_comes_back_and_ends_like_its_oracle(
    each_major: int, case: Case, dsn: str, twin: str
) -> None:
    assert each_major
    execute(dsn, case.setup)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)
    assert strong_scans(plan(dsn, case.change)) == []

    for phase in Phase:
        haltingly(dsn, case.change, phase)
    for phase in reversed(Phase):
        haltingly(dsn, case.change, phase, revert=True)
    assert_schema(start, dsn, but=case.stays)
    assert rows(dsn, *case.tables) == data

    for phase in Phase:
        forward(dsn, case.change, phase)
        assert forward(dsn, case.change, phase).work() == []
    closed(dsn, case)
    execute(twin, case.setup, case.oracle)
    assert_schema(fingerprint(twin), dsn)
    assert rows(dsn, *case.tables) == rows(twin, *case.tables)


@each_case
def test_a_tree_comes_back_from_every_phase(case: Case, dsn: str) -> None:
    execute(dsn, case.setup)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)

    for last in Phase:
        done = [phase for phase in Phase if phase <= last]
        forward(dsn, case.change, *done)
        back(dsn, case.change, *reversed(done))
        assert_schema(start, dsn, but=case.stays)
        assert rows(dsn, *case.tables) == data


@pytest.mark.parametrize("story", TREES, ids=str)
def test_two_releases_lose_no_write_while_a_tree_is_changed(
    each_major: int, story: Story, dsn: str
) -> None:
    assert each_major
    tell(dsn, story)
