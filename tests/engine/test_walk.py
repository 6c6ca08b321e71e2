"""The walk that every change takes: twice, replayed, stopped anywhere, and back."""

from collections.abc import Iterator

import pytest

from expandcontract.model.phase import Phase
from tests.engine.cases import EVERYTHING, INDEXES, NOT_NULL, PLAIN
from tests.engine.every_kind import COUNTED, WHOLE
from tests.engine.table_cases import EACH_MAJOR, THOROUGH
from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.walk import (
    Case,
    back,
    execute,
    forward,
    haltingly,
    plan,
    stopped_revert,
    strong_scans,
    with_ledger,
)

each_case = pytest.mark.parametrize("case", WHOLE, ids=str)
#: A few of them go every way; what the others add is in what they carry.
each_thorough_case = pytest.mark.parametrize(
    "case", [PLAIN, EVERYTHING, NOT_NULL, *INDEXES, *THOROUGH], ids=str
)


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """With a ledger from the start: that it is made where it is missing is no walk's to show."""
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
def test_a_change_that_is_stopped_at_every_safe_point_comes_to_the_same_end_and_start(
    case: Case, dsn: str, twin: str
) -> None:
    execute(dsn, case.setup)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)
    assert strong_scans(plan(dsn, case.change)) == []
    execute(dsn, case.before)

    for phase in case.phases_back:
        haltingly(dsn, case.change, phase)
    if not case.is_final:
        assert_same_end(case, dsn, twin)

    for phase in reversed(case.phases_back):
        haltingly(dsn, case.change, phase, revert=True)
    assert_schema(start, dsn)
    assert rows(dsn, *case.tables) == data
    if case.is_final:
        for phase in Phase:
            haltingly(dsn, case.change, phase)
        assert_same_end(case, dsn, twin)


@each_thorough_case
def test_each_phase_runs_once_and_a_replay_runs_nothing(case: Case, dsn: str, twin: str) -> None:
    execute(dsn, case.setup, case.before)
    for phase in Phase:
        forward(dsn, case.change, phase)
        assert forward(dsn, case.change, phase).work() == []

    assert forward(dsn, case.change).work() == []
    assert_same_end(case, dsn, twin)


@each_thorough_case
def test_a_revert_from_every_phase_gives_the_start_back(case: Case, dsn: str, twin: str) -> None:
    execute(dsn, case.setup)
    start, data = fingerprint(dsn), rows(dsn, *case.tables)
    execute(dsn, case.before)

    for last in case.phases_back:
        done = [phase for phase in Phase if phase <= last]
        forward(dsn, case.change, *done)
        back(dsn, case.change, *reversed(done))
        assert back(dsn, case.change, *reversed(done)).work() == []
        assert_schema(start, dsn)
        assert rows(dsn, *case.tables) == data

    forward(dsn, case.change)
    assert_same_end(case, dsn, twin)


@pytest.mark.parametrize("case", [PLAIN, NOT_NULL], ids=str)
def test_a_contract_can_be_run_again_from_anywhere_on_its_way_back(
    case: Case, dsn: str, twin: str
) -> None:
    execute(dsn, case.setup)
    execute(twin, case.setup, case.oracle)
    forward(dsn, case.change)
    end, pieces = fingerprint(twin), 1

    while stopped_revert(dsn, case.change, Phase.CONTRACT, pieces):
        forward(dsn, case.change, Phase.CONTRACT)
        assert_schema(end, dsn)
        pieces += 1

    assert pieces >= 3
    forward(dsn, case.change, Phase.CONTRACT)
    assert rows(dsn, *case.at_end) == rows(twin, *case.at_end)


@pytest.mark.parametrize("case", [PLAIN, EVERYTHING, INDEXES[0], *EACH_MAJOR], ids=str)
def test_every_major_goes_the_same_way(each_major: int, case: Case, dsn: str, twin: str) -> None:
    assert each_major
    execute(dsn, case.setup)
    start = fingerprint(dsn)

    forward(dsn, case.change, *case.phases_back)
    back(dsn, case.change, *reversed(case.phases_back))
    assert_schema(start, dsn)

    forward(dsn, case.change)
    assert_same_end(case, dsn, twin)


def test_a_backfill_alone_counts_each_row_once_wherever_it_is_stopped(dsn: str, twin: str) -> None:
    execute(dsn, COUNTED.setup)

    assert sum(haltingly(dsn, COUNTED.change, phase) for phase in Phase) > 3
    assert forward(dsn, COUNTED.change).work() == []
    assert_same_end(COUNTED, dsn, twin)
