"""A statement as a place in a text, whatever its dialect."""

from typing import Protocol


class Placed(Protocol):
    """What findings and comments need to know of a statement."""

    @property
    def text(self) -> str: ...  # noqa: D102

    @property
    def start(self) -> int: ...  # noqa: D102

    @property
    def end(self) -> int: ...  # noqa: D102

    @property
    def line(self) -> int: ...  # noqa: D102

    @property
    def column(self) -> int: ...  # noqa: D102

    @property
    def end_line(self) -> int: ...  # noqa: D102

    @property
    def end_column(self) -> int: ...  # noqa: D102
