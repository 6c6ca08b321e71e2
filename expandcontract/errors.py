"""Everything that can go wrong and is not a bug: facts as attributes, next step in the text.

`exit_code` is what `ec` ends with: 1 a gate is closed, 2 wrong usage or unreadable input,
3 the database refused, was lost or timed out and the same command continues, 4 stopped on
request.
"""

import difflib
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


class TableNotFoundError(ExpandContractError):
    """A change names a table that the database does not have, or that cannot be seen."""

    def __init__(self, table: str, search_path: tuple[str, ...] = ()) -> None:
        super().__init__(table, search_path)
        self.table = table
        self.search_path = search_path

    def __str__(self) -> str:
        where = f" on the search path ({', '.join(self.search_path)})" if self.search_path else ""
        return (
            f"table {self.table!r} does not exist{where}; "
            "check the spelling, or name its schema: schema.table"
        )


class ColumnNotFoundError(ExpandContractError):
    """A change names a column that the table does not have."""

    def __init__(self, table: str, column: str, columns: tuple[str, ...] = ()) -> None:
        super().__init__(table, column, columns)
        self.table = table
        self.column = column
        self.columns = columns

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.column, self.columns, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(self.columns)}"
        return f"column {self.column!r} does not exist in table {self.table}{hint}"


class ChangeRefusedError(ExpandContractError):
    """No safe plan exists for the change on this table as it is now."""

    def __init__(self, change: str, reasons: tuple[str, ...]) -> None:
        super().__init__(change, reasons)
        self.change = change
        self.reasons = reasons

    def __str__(self) -> str:
        lines = "".join(f"\n  - {reason}" for reason in self.reasons)
        return f"{self.change} is not started, nothing was changed:{lines}"


class UnknownKindError(ExpandContractError):
    """The ledger or a command names a kind of change that this release does not have."""

    def __init__(self, kind: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, known)
        self.kind = kind
        self.known = known

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.kind, self.known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(self.known)}"
        return f"this release has no change of the kind {self.kind!r}; {hint}"


class DatabaseError(ExpandContractError):
    """The database refused, was lost or timed out; the same command again continues."""

    exit_code = 3


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
        if self.sqlstate == "42501":
            lines.append("  run as the table's owner, or let a DBA grant what is missing")
        if self.sql:
            lines.append(f"  in: {' '.join(self.sql.split())[:200]}")
        return "\n".join(lines)


class OpenTransactionError(ExpandContractError):
    """A connection was given to us in the middle of a transaction."""

    def __str__(self) -> str:
        return (
            "the connection is in a transaction, and a change needs to commit its own; "
            "commit or roll back first, or give an engine or a DSN"
        )


class PlanChangedError(ExpandContractError):
    """A change is not what the ledger holds under its name."""

    def __init__(self, name: str, difference: str) -> None:
        super().__init__(name, difference)
        self.name = name
        self.difference = difference

    def __str__(self) -> str:
        return (
            f"the change {self.name} was started with another definition ({self.difference}); "
            "write it as it was, or revert the phases that are done and start again"
        )


class AssumptionError(ExpandContractError):
    """Something the plan was made on does not hold (any more)."""

    def __init__(self, name: str, assumptions: tuple[str, ...]) -> None:
        super().__init__(name, assumptions)
        self.name = name
        self.assumptions = assumptions

    def __str__(self) -> str:
        lines = "".join(f"\n  - not true: {text}" for text in self.assumptions)
        return (
            f"the plan of {self.name} does not fit the schema, nothing was changed:{lines}\n"
            "make it true again, or revert the phases that are done and start again"
        )


class DriftError(ExpandContractError):
    """The ledger says that a phase is over, the catalog says that it is not."""

    def __init__(self, name: str, steps: tuple[str, ...]) -> None:
        super().__init__(name, steps)
        self.name = name
        self.steps = steps

    def __str__(self) -> str:
        lines = "".join(f"\n  - not true any more: {step}" for step in self.steps)
        return (
            f"the schema drifted under the change {self.name}, nothing was changed:{lines}\n"
            "somebody changed or dropped objects of the change; put them back, or revert the change"
        )


class PhaseOrderError(ExpandContractError):
    """A phase was asked for before the one it builds on is over."""

    def __init__(self, name: str, wanted: str, reached: str, next_step: str) -> None:
        super().__init__(name, wanted, reached, next_step)
        self.name = name
        self.wanted = wanted
        self.reached = reached
        self.next_step = next_step

    def __str__(self) -> str:
        return (
            f"{self.wanted} of {self.name} cannot run: the change is {self.reached}; "
            f"{self.next_step}"
        )


class UnknownChangeError(ExpandContractError):
    """The ledger has no change of that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.name, self.known, n=1)
        if near:
            return f"there is no change {self.name!r}; did you mean {near[0]!r}?"
        if self.known:
            return f"there is no change {self.name!r}; the ledger knows {', '.join(self.known)}"
        return f"there is no change {self.name!r}; the ledger holds none yet"


class ClaimedError(ExpandContractError):
    """Another open change works on the same column."""

    def __init__(self, name: str, claimed: tuple[tuple[str, str], ...]) -> None:
        super().__init__(name, claimed)
        self.name = name
        self.claimed = claimed

    def __str__(self) -> str:
        lines = "".join(f"\n  - {what} belongs to {owner}" for what, owner in self.claimed)
        return (
            f"{self.name} is not started, an unfinished change is in the way:{lines}\n"
            "finish that change (ec status), or revert it"
        )


class GateClosedError(ExpandContractError):
    """A phase would do harm now."""

    exit_code = 1

    def __init__(self, name: str, phase: str, reasons: tuple[str, ...]) -> None:
        super().__init__(name, phase, reasons)
        self.name = name
        self.phase = phase
        self.reasons = reasons

    def __str__(self) -> str:
        lines = "".join(f"\n  - {reason}" for reason in self.reasons)
        return f"{self.phase} of {self.name} may not start yet:{lines}"


class RunnerBusyError(DatabaseError):
    """Another runner works on the change."""

    def __init__(self, name: str, holder: str, since: str) -> None:
        super().__init__(name, holder, since)
        self.name = name
        self.holder = holder
        self.since = since

    def __str__(self) -> str:
        return (
            f"{self.name} is being worked on by {self.holder} since {self.since}; "
            "wait for it, or end it, and run the same command again"
        )


class LeaseLostError(DatabaseError):
    """Another runner took the change over; nothing of ours was committed after that."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"another runner took over {self.name} while this one did not answer; "
            "what this one had not committed was rolled back"
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


class StepNotDoneError(DatabaseError):
    """A step ran without an error, and its probe still says that it is not done."""

    def __init__(self, step: str, summary: str) -> None:
        super().__init__(step, summary)
        self.step = step
        self.summary = summary

    def __str__(self) -> str:
        return f"{self.step} ran, but it is not true that {self.summary}; it was rolled back"


class MismatchError(DatabaseError):
    """Verification found rows on which old and new do not agree."""

    exit_code = 1

    def __init__(
        self, step: str, rows: int, samples: tuple[str, ...], *, switched: str = ""
    ) -> None:
        super().__init__(step, rows, samples)
        self.step = step
        self.rows = rows
        self.samples = samples
        self.switched = switched  #: the name of a change whose new side leads already

    def __str__(self) -> str:
        shown = ", ".join(self.samples)
        advice = "run the backfill again, which rewrites only rows that differ"
        if self.switched:
            advice = (
                "the new side leads already: mend these rows by hand, or let the old side's values "
                f"win by ec switch {self.switched} --to old, ec switch and ec backfill"
            )
        return (
            f"{self.step}: {self.rows} rows do not agree, for example those with the key {shown}; "
            f"{advice}"
        )


class StoppedError(ExpandContractError):
    """Somebody asked us to stop, and we did at a safe point."""

    exit_code = 4

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} stopped on request; run the same command again to go on"


class LedgerTooNewError(ExpandContractError):
    """A newer release has migrated the ledger."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(found, known)
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return (
            f"the ledger in this database is at version {self.found}, this release knows "
            f"{self.known}; use the release that migrated it, or a newer one"
        )


class NotReadyError(ExpandContractError):
    """A release needs a change to be further than it is."""

    exit_code = 1

    def __init__(self, name: str, wanted: str, state: str) -> None:
        super().__init__(name, wanted, state)
        self.name = name
        self.wanted = wanted
        self.state = state

    def __str__(self) -> str:
        return (
            f"this release needs {self.name} to be {self.wanted}, and it is {self.state}; "
            "run the migrations first (ec status shows what is due)"
        )


class UnknownPhaseError(ExpandContractError):
    """A word does not name how far a change can come."""

    def __init__(self, word: str, known: tuple[str, ...]) -> None:
        super().__init__(word, known)
        self.word = word
        self.known = known

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.word, self.known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(self.known)}"
        return f"no change can be {self.word!r}; {hint}"
