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
            "context.configure(), and context.run_migrations() within context.begin_transaction(); "
            "the multidb templates begin one for each database"
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


class NotScriptableError(ExpandContractError):
    """A step cannot be put into a script that may be run again."""

    def __init__(self, change: str, step: str) -> None:
        super().__init__(change, step)
        self.change = change
        self.step = step

    def __str__(self) -> str:
        return (
            f"the step {self.step} of {self.change} cannot be written into a script; "
            "run the revision online, without --sql"
        )


class DoubledPercentError(ExpandContractError):
    """A script would spell one name in two ways."""

    def __init__(self, change: str, name: str) -> None:
        super().__init__(change, name)
        self.change = change
        self.name = name

    def __str__(self) -> str:
        return (
            f"{self.change} works on {self.name}, and in this script Alembic's own operations "
            "would double every %; in env.py, call context.configure("
            'dialect_opts={"paramstyle": "named"}, ...) for scripts, as its template does'
        )


class NoHistoryError(ExpandContractError):
    """A script was asked for outside of a run of revisions."""

    def __str__(self) -> str:
        return (
            "what the schema is like can only be told from the revisions before this one; "
            "write the script with alembic upgrade --sql"
        )


class RevisionNotReadError(ExpandContractError):
    """A revision fails where there is no database."""

    def __init__(self, revision: str, error: BaseException) -> None:
        super().__init__(revision, str(error))
        self.revision = revision
        self.reason = f"{type(error).__name__}: {error}".splitlines()[0]

    def __str__(self) -> str:
        return (
            f"revision {self.revision} cannot be read without a database ({self.reason}), and so "
            "it is not known on which schema a change would work; run the upgrade online, without "
            "--sql, or let the revision ask context.is_offline_mode()"
        )


class UncertainTableError(ExpandContractError):
    """What the revisions say does not tell what a table is like."""

    def __init__(self, change: str, table: str, revision: str) -> None:
        super().__init__(change, table, revision)
        self.change = change
        self.table = table
        self.revision = revision

    def __str__(self) -> str:
        return (
            f"revision {self.revision}: it is not known without a database what {self.table} is "
            f"like, on which {self.change} works: an earlier statement about it could not be "
            "read, or stands in a DO block; run the upgrade online, without --sql"
        )


class ProjectNotReadError(ExpandContractError):
    """There is no Alembic project, or Alembic cannot read it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"the Alembic project {self.path} cannot be read: {self.reason}"


class AlreadyWrittenError(ExpandContractError):
    """The project has revisions of a change of that name."""

    def __init__(self, name: str, paths: tuple[str, ...]) -> None:
        super().__init__(name, paths)
        self.name = name
        self.paths = paths

    def __str__(self) -> str:
        files = "".join(f"\n  - {path}" for path in self.paths)
        return (
            f"{self.name} is written already, and nothing was written again:{files}\n"
            "delete these files first, or give another change a --name of its own"
        )


class ScratchError(ExpandContractError):
    """The server on which revisions were to be tried cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the scratch server cannot be used: {self.reason}; it needs an account that may "
            "create databases, or `pip install 'expandcontract[embedded]'` and --scratch alone"
        )
