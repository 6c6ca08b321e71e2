from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expandcontract.pacing.throttle import LONGEST_REST, Go, Hold, Reading, pace, rest_after

LAG = Reading(signal="lag", value=0.0, limit=10.0)


def at(value: float | None, **more: object) -> Reading:
    return replace(LAG, value=value, **more)  # type: ignore[arg-type]


def test_without_signals_work_goes_at_full_speed() -> None:
    assert pace([]) == Go(1.0)


@pytest.mark.parametrize(
    ("value", "share"), [(0.0, 1.0), (5.0, 1.0), (6.0, 0.8), (7.5, 0.5), (9.5, 0.1)]
)
def test_the_pace_falls_from_half_the_limit_on(value: float, share: float) -> None:
    found = pace([at(value)])

    assert isinstance(found, Go)
    assert found.share == pytest.approx(share)


def test_the_worst_signal_sets_the_pace() -> None:
    assert pace([at(0.0), at(7.5), at(6.0)]) == Go(0.5)


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (at(10.0), "lag is 10.00 s, limit 10 s"),
        (at(11.0, of="standby1"), "lag of standby1 is 11.00 s, limit 10 s"),
        (at(None, problem="not permitted"), "lag is unknown: not permitted"),
        (at(0.0, age=6.0), "lag was last read 6 s ago"),
    ],
)
def test_what_is_over_its_limit_unknown_or_stale_holds(reading: Reading, reason: str) -> None:
    assert pace([at(0.0), reading]) == Hold((reason,))


def test_every_reason_is_named() -> None:
    found = pace([at(12.0), at(None, of="b", problem="gone"), at(1.0), at(0.0, age=9.0)])

    assert isinstance(found, Hold)
    assert len(found.reasons) == 3


@given(st.lists(st.floats(0, 20) | st.none(), max_size=5))
def test_a_pace_is_a_share_or_a_hold_with_reasons(values: list[float | None]) -> None:
    match pace([at(value) for value in values]):
        case Go(share):
            assert 0.0 < share <= 1.0
        case Hold(reasons):
            assert reasons


@given(st.floats(1e-6, 10), st.floats(0.001, 1))
def test_a_rest_leaves_work_its_share_and_never_lasts_long(took: float, share: float) -> None:
    rest = rest_after(took, share)

    assert 0.0 <= rest <= LONGEST_REST
    if 0.01 <= share < 1.0 and rest < LONGEST_REST:
        assert took / (took + rest) == pytest.approx(share)


def test_full_speed_does_not_rest() -> None:
    assert rest_after(5.0, 1.0) == 0.0
