"""The two roots of all errors, and the exit codes that they stand for."""

from typing import ClassVar


class ExpandContractError(Exception):
    """The root of every error that this package raises on purpose."""

    exit_code: ClassVar[int] = 2


class DatabaseError(ExpandContractError):
    """The database refused, was lost or timed out; the same command again continues."""

    exit_code = 3
