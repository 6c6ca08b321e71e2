"""What the server or the way to it answered."""

from expandcontract.errors.root import DatabaseError, ExpandContractError

READS_LEDGER = "GRANT SELECT ON ALL TABLES IN SCHEMA expandcontract"


class ConnectionLostError(DatabaseError):
    """There is no connection, or no longer one."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return (
            f"no connection to the database: {self.message}; "
            "run the same command again when it can be reached"
        )


class ServerRefusedError(DatabaseError):
    """The server answered with an error."""

    def __init__(
        self,
        sqlstate: str,
        message: str,
        *,
        detail: str | None = None,
        hint: str | None = None,
        sql: str = "",
    ) -> None:
        super().__init__(sqlstate, message)
        self.sqlstate = sqlstate
        self.message = message
        self.detail = detail
        self.hint = hint
        self.sql = sql

    def __str__(self) -> str:
        lines = [f"{self.message} ({self.sqlstate})"]
        if self.detail:
            lines.append(f"  detail: {self.detail}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        on_standby = self.sqlstate == "0A000" and self.sql.startswith("BEGIN")  # READ WRITE there
        if self.sqlstate == "25006" or on_standby:
            lines.append("  this server only reads (a standby?); give the DSN of the primary")
        if self.sqlstate == "42501" and "row-level security" in self.message:
            lines.append("  run as a role that sees every row (BYPASSRLS)")
        elif self.sqlstate == "42501":
            lines.append("  run as the table's owner, or let a DBA grant what is missing")
            if "expandcontract." in self.sql and self.sql.lstrip().startswith("SELECT"):
                lines.append(f"  to read where changes are: {READS_LEDGER} to this role")
        if self.sql:
            lines.append(f"  in: {' '.join(self.sql.split())[:200]}")
        return "\n".join(lines)


class DsnUnreadableError(ServerRefusedError):
    """The driver cannot read the address of the database: no server was asked."""

    exit_code = 2

    def __init__(self, problem: str) -> None:
        super().__init__("08001", f"the DSN cannot be read: {problem}")
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.message}; write postgresql://user@host:5432/dbname"


class OpenTransactionError(ExpandContractError):
    """A connection was given to us in the middle of a transaction."""

    def __str__(self) -> str:
        return (
            "the connection is in a transaction, and a change needs to commit its own; "
            "commit or roll back first, or give an engine or a DSN"
        )


class LockBudgetError(DatabaseError):
    """A lock could not be had within the budget of retries."""

    def __init__(self, step: str, attempts: int, seconds: float, blockers: tuple[str, ...]) -> None:
        super().__init__(step, attempts, seconds, blockers)
        self.step = step
        self.attempts = attempts
        self.seconds = seconds
        self.blockers = blockers

    def __str__(self) -> str:
        head = (
            f"{self.step}: no lock after {self.attempts} attempts in {self.seconds:.0f} s; "
            "nothing was changed, and nobody waited longer than one lock_timeout"
        )
        if not self.blockers:
            return f"{head}; who held it was gone when asked. Run the same command again"
        lines = "".join(f"\n  - {blocker}" for blocker in self.blockers)
        return f"{head}. Held by:{lines}\nend these sessions or wait, then run the same again"
