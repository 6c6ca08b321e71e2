import pytest
from hypothesis import given
from hypothesis import strategies as st

from expandcontract.pacing.retry import GiveUp, Patience, RetryAfter, decide

PATIENCE = Patience(pause=0.4, budget=60.0)


@pytest.mark.parametrize("state", ["55P03", "40P01", "40001"])
@given(st.floats(0, 59.9), st.floats(0, 1))
def test_what_time_may_cure_is_tried_again_with_jitter(
    state: str, spent: float, jitter: float
) -> None:
    found = decide(state, spent=spent, patience=PATIENCE, jitter=jitter)

    assert isinstance(found, RetryAfter)
    assert 0.199 < found.seconds < 0.601


@pytest.mark.parametrize("state", ["23505", "42P01", "57014", "", "22012"])
def test_what_another_attempt_would_not_change_is_given_up(state: str) -> None:
    assert decide(state, spent=0.0, patience=PATIENCE, jitter=0.0) == GiveUp(spent=False)


def test_a_spent_budget_ends_it_and_says_so() -> None:
    assert decide("55P03", spent=60.0, patience=PATIENCE, jitter=0.5) == GiveUp(spent=True)
