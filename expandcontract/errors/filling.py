"""What keeps a backfill from going on."""

from typing import Any

from expandcontract.errors.ledger import LeaseLostError
from expandcontract.errors.root import DatabaseError, ExpandContractError


class LaneLostError(LeaseLostError):
    """Another worker took a lane over; whoever loses one goes on with the next."""


class PositionNotReadError(ExpandContractError):
    """A lane was begun by another release, which walks in a way that this one does not know."""

    def __init__(self, walk: dict[str, Any]) -> None:
        super().__init__(walk)
        self.walk = walk

    def __str__(self) -> str:
        return (
            f"a lane of this backfill walks {self.walk.get('by')!r} (version "
            f"{self.walk.get('version')}), which this release does not know; go on with the "
            "release that began it, or a newer one"
        )


class NoWalkError(ExpandContractError):
    """A table cannot be walked row by row."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(table, reason)
        self.table = table
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.table} cannot be backfilled, nothing was written: {self.reason}"


class NoRoomError(ExpandContractError):
    """A table would grow by more than there is room for."""

    def __init__(self, name: str, growth: float, free: float, done: int = 0) -> None:
        super().__init__(name, growth, free, done)
        self.name = name
        self.growth = growth
        self.free = free
        self.done = done  #: rows that earlier runs have met

    def __str__(self) -> str:
        written = "nothing was written"
        if self.done:
            written = f"nothing more was written, {self.done:,} rows are done and stay so"
        return (
            f"{self.name}: the table would grow by up to {self.growth / 2**20:,.1f} MB, and "
            f"{self.free / 2**20:,.1f} MB are free, {written}; make room, or fill it in "
            "parts (--where) with a VACUUM between them"
        )


class ExpressionRefusedError(ExpandContractError):
    """The server does not take an expression as one of the table's rows."""

    def __init__(self, table: str, message: str, hint: str = "") -> None:
        super().__init__(table, message, hint)
        self.table = table
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return (
            f"the server refuses this for {self.table}, nothing was written: {self.message}{hint}; "
            "write an expression of the row's columns, of the type of the column that it sets"
        )


class OldPrimaryError(DatabaseError):
    """The server is not the one that the backfill was working on."""

    def __init__(self, system: str, timeline: int, found: str, found_timeline: int) -> None:
        super().__init__(system, timeline, found, found_timeline)
        self.system = system
        self.timeline = timeline
        self.found = found
        self.found_timeline = found_timeline

    def __str__(self) -> str:
        if self.system != self.found:
            return (
                f"the DSN now leads to another server (system identifier {self.found}, before "
                f"{self.system}); nothing was written there"
            )
        return (
            f"the DSN now leads to a primary from before a failover (timeline "
            f"{self.found_timeline}, before {self.timeline}); nothing was written there. "
            "Stop that server, let the DSN lead to the new primary, and run the same command again"
        )


class RowsFailedError(DatabaseError):
    """Everything is filled but some rows, which the server refused."""

    def __init__(self, name: str, step: str, rows: int, samples: tuple[str, ...]) -> None:
        super().__init__(name, step, rows, samples)
        self.name = name
        self.step = step
        self.rows = rows
        self.samples = samples

    def __str__(self) -> str:
        shown = "".join(f"\n  - {sample}" for sample in self.samples)
        what = "1 row is" if self.rows == 1 else f"{self.rows:,} rows are"
        return (
            f"{self.step}: {what} in quarantine, all others are done:{shown}\n"
            "the table expandcontract.quarantine has them all; mend them, then run: "
            f"ec backfill {self.name} --quarantined"
        )


class RowsWithheldError(DatabaseError):
    """Rows were to be written and were not, without an error: a trigger returned NULL for them."""

    def __init__(
        self, name: str, step: str, rows: int, triggers: tuple[str, ...], samples: tuple[str, ...]
    ) -> None:
        super().__init__(name, step, rows, triggers, samples)
        self.name = name
        self.step = step
        self.rows = rows
        self.triggers = triggers
        self.samples = samples

    def __str__(self) -> str:
        what = "1 row is" if self.rows == 1 else f"{self.rows:,} rows are"
        which = "the trigger" if len(self.triggers) == 1 else "one of the triggers"
        shown = f" (among them {'; '.join(self.samples)})" if self.samples else ""
        return (
            f"{self.step}: {what} as before{shown}, all others are done: "
            f"{which} {', '.join(self.triggers)} of the table returned NULL for them, or set "
            "another value; mend it, or leave these rows out (with --set by --where), and run the "
            "same command again"
        )


class TooManyFailuresError(DatabaseError):
    """More rows fail than the budget allows; the backfill stopped where it was."""

    def __init__(self, name: str, budget: int, samples: tuple[str, ...]) -> None:
        super().__init__(name, budget, samples)
        self.name = name
        self.budget = budget
        self.samples = samples

    def __str__(self) -> str:
        shown = "".join(f"\n  - {sample}" for sample in self.samples)
        return (
            f"{self.name} stopped: more than {self.budget:,} rows fail, so it may not be the "
            f"rows:{shown}\n"
            "mend the cause and run the same command again, or allow more with --max-failures"
        )


class CancelledError(DatabaseError):
    """Somebody has asked for the end."""

    exit_code = 4

    def __init__(self, name: str, by: str) -> None:
        super().__init__(name, by)
        self.name = name
        self.by = by

    def __str__(self) -> str:
        return (
            f"{self.name} was cancelled by {self.by}; what is done stays, "
            f"and ec backfill {self.name} goes on from there"
        )
