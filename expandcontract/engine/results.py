"""What a fill's function gave for its rows: values to write, a row's error, or its own mistake.

What it raises is an error of the rows that it was given, and so is a result that fits no column.
How many results there are is the function's alone: no row is to blame, and to look for one would
end with rows of which each has the results of another call.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import dataclass
from typing import Any

from expandcontract.errors import ExecutorLostError, FunctionResultError, ServerRefusedError
from expandcontract.postgres.computed import Row
from expandcontract.postgres.pieces import Lane

FAILED = "22000"
"""The SQLSTATE of what a function raised: data that it cannot work with."""

NO_LIST = (str, bytes, bytearray, Mapping, set, frozenset)
"""Can be gone through, and have no result for each row: parts of one value, or no order."""


class _Skip:
    """The only value of its kind; it stays that on its way through other processes."""

    def __repr__(self) -> str:
        return "SKIP"

    def __reduce__(self) -> str:
        return "SKIP"


SKIP = _Skip()
"""The result that leaves a row as it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a batch that were handed over together, and what will come of them."""

    rows: int
    future: Future[Sequence[Any]]


def joined(lane: Lane, rows: list[Row], parts: list[Part], *, whole: bool = False) -> list[Row]:
    """Key, version and results of the rows that are to be written.

    A `whole` batch is one that nobody cut to find a row that fails: where no result of it fits
    the columns, none ever will.
    """
    columns = [column for column, _ in lane.backfill.assignments]
    results = [result for part in parts for result in _results(part)]
    given = [result for result in results if result is not SKIP]
    if wrong := [result for result in given if not _fits(columns, result)]:
        names = ", ".join(columns)
        if whole and len(wrong) == len(given) > 1:
            raise FunctionResultError(f"{_shown(wrong)}, and no dict of {names},", len(rows))
        said = f"for each row the function must give a dict with {names}"
        raise ServerRefusedError(FAILED, said)
    head = len(lane.backfill.key) + 1
    return [
        (*row[:head], *_values(columns, result))
        for row, result in zip(rows, results, strict=True)
        if result is not SKIP
    ]


def _results(part: Part) -> list[Any]:
    """One for each row of the part."""
    given = _given(part)
    if not isinstance(given, list):
        raise FunctionResultError(_kind(given), part.rows)
    if len(given) != part.rows:
        many = "1 result" if len(given) == 1 else f"{len(given):,} results"
        raise FunctionResultError(many, part.rows)
    return given


def _given(part: Part) -> Any:  # noqa: ANN401  # the user's
    """What the function gave, as a list where it can be one; what it raised is its rows' error."""
    try:
        given: Any = part.future.result()
        has_order = isinstance(given, Iterable) and not isinstance(given, NO_LIST)
        return list(given) if has_order else given
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # `exit()` in a function is no end of ours
        if _is_lost(error):
            raise ExecutorLostError(str(error) or type(error).__name__) from error
        said = f"the function raised {type(error).__name__}: {error}"
        raise ServerRefusedError(FAILED, legible(said)) from error


def _is_lost(error: BaseException) -> bool:
    """Whether the executor ended, which says nothing of the rows."""
    is_of_a_cluster = type(error).__module__.partition(".")[0] == "distributed"
    return isinstance(error, BrokenExecutor | CancelledError) or is_of_a_cluster


def legible(text: str) -> str:
    r"""As the server takes it: neither a NUL nor half a character, which are spelt out.

    >>> print(legible("a\0b\ud800"))
    a\x00b\ud800
    """
    return text.replace("\0", r"\x00").encode(errors="backslashreplace").decode()


def _fits(columns: list[str], result: Any) -> bool:  # noqa: ANN401  # the user's
    if len(columns) == 1 and not (isinstance(result, Mapping) and columns[0] in result):
        return True
    return isinstance(result, Mapping) and set(result) == set(columns)


def _values(columns: list[str], result: Any) -> Iterator[Any]:  # noqa: ANN401  # the user's
    if len(columns) == 1 and not (isinstance(result, Mapping) and columns[0] in result):
        yield result
        return
    for column in columns:
        yield result[column]


def _kind(given: object) -> str:
    return "None" if given is None else f"one {type(given).__name__}"


def _shown(results: list[Any]) -> str:
    kinds = sorted({type(result).__name__ for result in results})
    return f"results of type {', '.join(kinds)}"
