"""The walk of the kinds that copy nothing: twice, stopped anywhere, back, and closed."""

from collections.abc import Iterator

import pytest

from expandcontract.errors import ClosedForGoodError
from expandcontract.model.phase import Phase
from tests.engine.simple_cases import SIMPLE
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.walk import (
    Case,
    back,
    closed,
    execute,
    forward,
    haltingly,
    plan,
    strong_scans,
    with_ledger,
)

each_case = pytest.mark.parametrize("case", SIMPLE, ids=str)


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """With a ledger from the start."""
    with databases.database(with_ledger(databases)) as dsn:
        yield dsn


@pytest.fixture
def twin(databases: Databases) -> Iterator[str]:
    """A second database, for the statement that does the same at once."""
    with databases.database() as dsn:
        yield dsn


def assert_same_end(case: Case, dsn: str, twin: str) -> None:
    execute(twin, case.setup, case.oracle)
    assert_schema(fingerprint(twin), dsn)
    assert rows(dsn, *case.at_end) == rows(twin, *case.at_end)


@each_case
def test_a_change_that_is_stopped_at_every_safe_point_comes_back_and_ends_like_its_oracle(
    case: Case, dsn: str, twin: str
) -> None:
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
    closed(dsn, case.change)
    assert closed(dsn, case.change).work() == []
    assert forward(dsn, case.change).work() == []
    assert_same_end(case, dsn, twin)


@each_case
def test_a_revert_from_every_phase_gives_the_start_back(case: Case, dsn: str) -> None:
    execute(dsn, case.setup)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)

    for last in Phase:
        done = [phase for phase in Phase if phase <= last]
        forward(dsn, case.change, *done)
        back(dsn, case.change, *reversed(done))
        assert back(dsn, case.change, *reversed(done)).work() == []
        assert_schema(start, dsn, but=case.stays)
        assert rows(dsn, *case.tables) == data

    if plan(dsn, case.change).close:
        forward(dsn, case.change)
        closed(dsn, case.change)
        with pytest.raises(ClosedForGoodError):
            back(dsn, case.change, Phase.CONTRACT)
