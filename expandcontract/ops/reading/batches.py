"""Batch operations with the line on which each of them was called.

`batch_alter_table` queues what is called in its block, and writes all of it at the block's end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from alembic.operations.base import BatchOperations, Operations


class Placing(Protocol):
    """Who knows which line of a revision is running, and takes another one for it."""

    placed: int | None

    def line(self) -> int | None: ...  # noqa: D102


class _Queue(list[Any]):
    """What is queued, and the line of each."""

    def __init__(self, written: Placing) -> None:
        super().__init__()
        self._written = written
        self._lines: list[int | None] = []

    def append(self, item: object) -> None:
        super().append(item)
        self._lines.append(self._written.line())

    def __iter__(self) -> Iterator[Any]:
        try:
            for item, line in zip(super().__iter__(), self._lines, strict=True):
                self._written.placed = line
                yield item
        finally:
            self._written.placed = None


def place_batches(operations: Operations, written: Placing) -> None:
    """Let the batch operations of these operations be written on their own lines."""

    @contextmanager
    def batch_alter_table(*arguments: Any, **named: Any) -> Iterator[BatchOperations]:  # noqa: ANN401
        with Operations.batch_alter_table(operations, *arguments, **named) as batch:
            batch.impl.batch = _Queue(written)
            yield batch

    operations.batch_alter_table = batch_alter_table  # type: ignore[method-assign]
