"""What `ec tune` makes of a run that is under way."""

from dataclasses import replace

import psycopg
import pytest

from expandcontract.engine.runner import Runner
from expandcontract.engine.tuning import sizing_for, tuned
from expandcontract.pacing.sizing import bounded
from expandcontract.postgres.session import PsycopgSession


@pytest.fixture
def runner(connection: psycopg.Connection) -> Runner:
    """A limit of one second, and rows of 64 kB."""
    sizing = bounded(sizing_for(100, None), lag_limit=1.0, row_bytes=65536.0)
    return Runner(
        session=PsycopgSession(connection, owned=False),
        limits={"replication_lag": 1.0},
        sizing=sizing,
    )


def test_nothing_that_is_wanted_changes_nothing(runner: Runner) -> None:
    assert tuned(runner, {}) == runner


def test_another_duration_leaves_the_bounds_of_wide_rows_and_of_a_lag_limit(runner: Runner) -> None:
    longer, shorter = (tuned(runner, {"target-ms": ms}).sizing for ms in (2000, 20))

    assert longer == runner.sizing
    assert shorter == replace(runner.sizing, target=0.02)


def test_a_smaller_lag_limit_makes_chunks_smaller(runner: Runner) -> None:
    assert tuned(runner, {"limit.replication_lag": 0.2}).sizing.target == pytest.approx(0.02)


def test_a_size_in_rows_is_taken_as_it_is(runner: Runner) -> None:
    found = tuned(runner, {"batch-size": 5000}).sizing

    assert (found.first, found.smallest, found.largest) == (5000, 5000, 5000)
