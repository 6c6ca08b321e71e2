from hypothesis import given
from hypothesis import strategies as st

from expandcontract.pacing.lag import KEPT, Positions


def noted(*notes: tuple[int, float]) -> Positions:
    positions = Positions()
    for place, moment in notes:
        positions.note(place, moment)
    return positions


def test_nothing_noted_is_no_lag() -> None:
    assert Positions().lag(0, 5.0) == 0.0


def test_an_idle_primary_has_no_lag_however_long_it_idles() -> None:
    positions = noted((100, 1.0))
    for moment in range(2, 1000):
        positions.note(100, float(moment))

    assert positions.lag(100, 1000.0) == 0.0
    assert len(positions.notes) == 1


def test_lag_grows_with_the_clock_while_replay_stands_still() -> None:
    positions = noted((100, 1.0), (200, 2.0))

    assert [positions.lag(100, at) for at in (2.0, 3.5, 60.0)] == [0.0, 1.5, 58.0]


def test_lag_falls_as_soon_as_replay_goes_on() -> None:
    positions = noted((100, 1.0), (200, 2.0), (300, 3.0))

    assert [positions.lag(place, 10.0) for place in (99, 100, 250, 300)] == [9.0, 8.0, 7.0, 0.0]


def test_a_standby_that_is_ahead_of_the_notes_has_no_lag() -> None:
    assert noted((100, 1.0)).lag(10**9, 5.0) == 0.0


@given(
    st.lists(st.tuples(st.integers(1, 50), st.floats(0.01, 2)), max_size=60), st.integers(0, 3000)
)
def test_lag_is_never_negative_and_falls_with_every_byte(
    moves: list[tuple[int, float]], replayed: int
) -> None:
    positions, place, moment = Positions(), 0, 0.0
    for step, seconds in moves:
        place, moment = place + step, moment + seconds
        positions.note(place, moment)

    assert 0.0 <= positions.lag(replayed + 1, moment) <= positions.lag(replayed, moment) <= moment


def test_notes_are_thinned_out_and_an_old_lag_is_still_known_roughly() -> None:
    positions = Positions()
    for number in range(100_000):
        positions.note(number, float(number))

    assert len(positions.notes) <= KEPT
    assert positions.lag(99_999, 100_000.0) == 0.0
    assert positions.lag(99_990, 100_000.0) == 9.0
    old = positions.lag(90_000, 100_000.0)
    assert 9_000 <= old <= 10_000
