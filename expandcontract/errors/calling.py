"""Calls that were given what they cannot work with."""

from expandcontract.errors.root import ExpandContractError


class NotAChangeError(ExpandContractError):
    """A function or an operation was called with something else than a change."""

    def __init__(self, call: str, given: object) -> None:
        super().__init__(call, type(given).__name__)
        self.call = call
        self.given = type(given).__name__

    def __str__(self) -> str:
        return (
            f"{self.call}() takes a change, such as ec.RenameColumn(…), and was given {self.given}"
        )


class ArgumentError(ExpandContractError):
    """An argument has a value that it cannot have; nothing was begun with it."""

    def __init__(self, call: str, argument: str, given: object, expected: str) -> None:
        super().__init__(call, argument, repr(given), expected)
        self.call = call
        self.argument = argument
        self.given = repr(given)
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.call}() was given {self.argument}={self.given}; it must be {self.expected}"
