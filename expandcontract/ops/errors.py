"""What can go wrong between Alembic and a change, and how Alembic is told."""

import difflib

from alembic.util import CommandError

from expandcontract.errors import ExpandContractError


class RevisionStoppedError(CommandError):
    """An error of ours in Alembic's own dress: `alembic` prints its text and no traceback.

    The original is its cause, and `error`.
    """

    def __init__(self, error: ExpandContractError) -> None:
        super().__init__(str(error))
        self.error = error


class ExternalTransactionError(ExpandContractError):
    """Alembic works in a transaction that it did not begin, and so cannot leave."""

    def __str__(self) -> str:
        return (
            "the connection is in a transaction that Alembic did not begin, and a change commits "
            "its steps one by one; in env.py, call connection.commit() before "
            "context.configure(), and context.run_migrations() within context.begin_transaction()"
        )


class WrongDatabaseError(ExpandContractError):
    """The operations were called on another database than PostgreSQL."""

    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.dialect = dialect

    def __str__(self) -> str:
        return f"changes are carried out on PostgreSQL only, and this is {self.dialect}"


class UnknownOptionError(ExpandContractError):
    """`context.configure(expandcontract={...})` or `-x ec_policy=` says something unknown."""

    def __init__(self, what: str, given: str, known: tuple[str, ...]) -> None:
        super().__init__(what, given, known)
        self.what = what
        self.given = given
        self.known = known

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.given, self.known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(self.known)}"
        return f"the {self.what} {self.given!r} is not known to op.expand and its kin; {hint}"


class NotAChangeError(ExpandContractError):
    """An operation was called with something else than a change."""

    def __init__(self, operation: str, given: object) -> None:
        super().__init__(operation, type(given).__name__)
        self.operation = operation
        self.given = type(given).__name__

    def __str__(self) -> str:
        return (
            f"op.{self.operation}() takes a change, such as ec.RenameColumn(…), "
            f"and was given {self.given}"
        )
