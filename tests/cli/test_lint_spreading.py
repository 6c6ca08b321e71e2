"""What revisions write, written by copies of the process: in order, and whatever is in it."""

import os
import sys
import threading

import pytest

from expandcontract.ops.reading.written import Statement, Written

if sys.platform != "linux":
    pytest.skip("processes are copied on Linux alone", allow_module_level=True)

from expandcontract.cli import lint_spreading

MANY = range(130)
FIRST = os.getpid()


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_spreading, "processors", lambda: 2)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever threads the one who runs the tests has."""
    monkeypatch.setattr(lint_spreading, "_may_be_copied", lambda: True)


def written(number: int) -> Written:
    parts = [Statement(f"SELECT {number}", number)]
    return Written(path=str(os.getpid()), revision=str(number), parts=[*parts])


@pytest.mark.usefixtures("alone")
def test_each_is_written_by_another_process_and_comes_in_its_place() -> None:
    found = list(lint_spreading.spread(MANY, written))

    assert [one.revision for one in found] == [str(number) for number in MANY]
    assert [one.parts for one in found] == [written(number).parts for number in MANY]
    assert str(FIRST) not in {one.path for one in found}


@pytest.mark.usefixtures("alone")
def test_what_cannot_be_sent_is_written_here() -> None:
    def with_a_function(number: int) -> Written:
        one = written(number)
        if number == 77:
            one.parts.append(lambda: number)  # type: ignore[arg-type]  # as a user's change may
        return one

    found = list(lint_spreading.spread(MANY, with_a_function))

    assert [one.revision for one in found] == [str(number) for number in MANY]
    assert [number for number, one in enumerate(found) if one.path == str(FIRST)] == [77]


@pytest.mark.usefixtures("alone")
def test_an_error_is_the_first_process_s_own() -> None:
    def failing(number: int) -> Written:
        if number == 50:
            raise RecursionError(number)
        return written(number)

    with pytest.raises(RecursionError):
        list(lint_spreading.spread(MANY, failing))


def test_a_process_with_threads_is_not_copied() -> None:
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    try:
        assert {one.path for one in lint_spreading.spread(MANY, written)} == {str(FIRST)}
    finally:
        over.set()
        other.join()


@pytest.mark.usefixtures("alone")
def test_few_are_not_worth_a_process() -> None:
    assert {one.path for one in lint_spreading.spread(MANY[:40], written)} == {str(FIRST)}
