"""Everything that can go wrong and is not a bug: facts as attributes, next step in the text.

`exit_code` is what `ec` ends with: 1 a gate is closed, 2 wrong usage or unreadable input,
3 the database refused, was lost or timed out and the same command continues, 4 stopped on
request.
"""

from typing import ClassVar


class ExpandContractError(Exception):
    """The root of every error that this package raises on purpose."""

    exit_code: ClassVar[int] = 2


class NameNotReadError(ExpandContractError):
    """A text is not the name of a database object."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.text!r} is not a usable name: {self.reason}"
