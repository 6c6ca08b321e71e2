from hypothesis import given
from hypothesis import strategies as st

from expandcontract.pacing.sizing import GROWTH, Sizing, next_size

sizes = st.integers(1, 100_000)
moments = st.floats(0, 1e4)


@given(sizes, moments)
def test_a_size_keeps_its_limits_and_grows_step_by_step(size: int, took: float) -> None:
    sizing = Sizing()
    following = next_size(size, took, sizing)

    assert sizing.smallest <= following <= sizing.largest
    assert following <= max(sizing.smallest, size * GROWTH)
    if took > sizing.target:
        assert following <= max(sizing.smallest, size)


@given(st.floats(1e-6, 1e-2))
def test_the_size_settles_where_a_chunk_takes_the_target(seconds_per_row: float) -> None:
    sizing = Sizing()
    size = sizing.first
    for _ in range(60):
        size = next_size(size, size * seconds_per_row, sizing)

    ideal = sizing.target / seconds_per_row
    assert abs(size - min(max(ideal, sizing.smallest), sizing.largest)) <= 0.05 * size + 1


def test_one_chunk_that_takes_far_too_long_is_cut_at_once() -> None:
    assert next_size(10_000, 3.0, Sizing(target=0.1)) == 1000


def test_a_gap_in_the_keys_does_not_make_the_next_chunk_huge() -> None:
    assert next_size(1000, 0.0, Sizing()) == 1500


def test_a_fixed_size_stays_fixed() -> None:
    fixed = Sizing(first=7, smallest=7, largest=7)

    assert {next_size(7, took, fixed) for took in (0.0, 0.1, 99.0)} == {7}
