"""Why a rehearsal cannot begin."""

from expandcontract.errors import ExpandContractError


class SchemaNotCopiedError(ExpandContractError):
    """The target's schema cannot be made on the scratch server."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the target's schema cannot be made on the scratch server: {self.reason}; name one "
            "that has what it needs (--scratch DSN), or let the revisions make it (--history)"
        )


class SchemaNotReadError(ExpandContractError):
    """The target's schema may not be read, or not by this pg_dump."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the target's schema cannot be read: {self.reason}; rehearse as a role that may read "
            "every table (GRANT pg_read_all_data), or let the revisions make it (--history)"
        )


class NotPendingError(ExpandContractError):
    """The database that was named is past the revision already."""

    def __init__(self, revision: str, heads: tuple[str, ...]) -> None:
        super().__init__(revision, heads)
        self.revision = revision
        self.heads = heads

    def __str__(self) -> str:
        return (
            f"{self.revision} is not pending: the database is at {', '.join(self.heads)}; "
            "--history rehearses it on the schema that the revisions before it make"
        )


class SeveralDatabasesError(ExpandContractError):
    """A project with several databases is rehearsed one by one."""

    def __init__(self, names: tuple[str, ...], asked: str) -> None:
        super().__init__(names, asked)
        self.names = names
        self.asked = asked

    def __str__(self) -> str:
        what = f"there is no database {self.asked!r}" if self.asked else "there are several"
        return f"{what}; say which with --database: {', '.join(self.names)}"
