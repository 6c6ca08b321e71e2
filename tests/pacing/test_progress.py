"""The whole loop of a backfill, without a server and without time."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from expandcontract.pacing.progress import Done, Finish, Progress, Run, Wait, decide, finished
from expandcontract.pacing.sizing import Sizing
from expandcontract.pacing.throttle import Go, Hold, Pace

START = Progress(high=("1000",), size=50)


def test_a_table_that_was_empty_is_done() -> None:
    assert decide(replace(START, high=None), Go()) == Finish()


def test_a_held_backfill_waits_with_its_reasons() -> None:
    assert decide(START, Hold(("lag", "load"))) == Wait(("lag", "load"))


def test_what_is_finished_needs_no_leave() -> None:
    assert decide(replace(START, position=("1000",)), Hold(("lag",))) == Finish()


def test_the_next_chunk_starts_above_the_position() -> None:
    assert decide(replace(START, position=("7",)), Go(0.5)) == Run(("7",), 50, 0.5)


paces = st.one_of(st.builds(Go, st.floats(0.1, 1)), st.just(Hold(("lag",))))


@given(st.lists(st.tuples(paces, st.floats(0, 1)), max_size=300))
def test_rows_are_counted_once_and_the_end_is_reached(turns: list[tuple[Pace, float]]) -> None:
    progress, seen, held = START, 0, 0
    for pace, took in turns:
        match decide(progress, pace):
            case Finish():
                break
            case Wait():
                held += 1
            case Run(low, size, _):
                at = int(low[0]) if low else 0
                bound = min(at + size, 1000)
                seen += bound - at
                done = Done(position=(str(bound),), seen=bound - at, written=0, took=took)
                progress = finished(progress, done, Sizing())
    assert progress.rows_seen == seen == int((progress.position or ("0",))[0])
    assert progress.chunks <= len(turns) - held
    assert progress.is_finished == (seen == 1000)
