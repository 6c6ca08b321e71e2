"""What stands in the way of carrying out a phase."""

from datetime import datetime

from expandcontract.errors.root import DatabaseError, ExpandContractError


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


class ClosedForGoodError(ExpandContractError):
    """A change is to be taken back, and what it would come back from is dropped."""

    def __init__(self, name: str, closed_at: datetime) -> None:
        super().__init__(name, closed_at)
        self.name = name
        self.closed_at = closed_at

    def __str__(self) -> str:
        return (
            f"{self.name} was closed at {self.closed_at:%Y-%m-%d %H:%M %Z}, and what its contract "
            "had kept was dropped then; make the old shape by a change of its own, and take its "
            "rows from a backup"
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
        self,
        step: str,
        rows: int,
        samples: tuple[str, ...],
        *,
        switched: str = "",
        repairable: bool = False,
    ) -> None:
        super().__init__(step, rows, samples)
        self.step = step
        self.rows = rows
        self.samples = samples
        self.switched = switched  #: the name of a change whose new side leads already
        self.repairable = repairable  #: whether the new side's values can be copied back

    def __str__(self) -> str:
        shown = ", ".join(self.samples)
        advice = "run the backfill again, which rewrites only rows that differ"
        if self.switched:
            mend = "mend these rows by hand"
            if self.repairable:
                mend = f"let its values win by ec verify {self.switched} --repair"
            advice = (
                f"the new side leads already: {mend}, or let the old side's values "
                f"win by ec switch {self.switched} --to old, ec switch and ec backfill"
            )
        return (
            f"{self.step}: {self.rows} rows do not agree, for example those with the key {shown}; "
            f"{advice}"
        )


class OffendingRowsError(DatabaseError):
    """Rows that are there break what a step would prove; some of them, and both releases go on."""

    exit_code = 1

    def __init__(self, step: str, goal: str, rows: tuple[str, ...]) -> None:
        super().__init__(step, goal, rows)
        self.step = step
        self.goal = goal
        self.rows = rows

    def __str__(self) -> str:
        return (
            f"{self.step}: it is not true that {self.goal}; for example {'; '.join(self.rows)}. "
            "Mend these rows and all like them, and run the same command again; meanwhile both "
            "releases work as before"
        )


class StoppedError(ExpandContractError):
    """Somebody asked us to stop, and we did at a safe point."""

    exit_code = 4

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} stopped on request; run the same command again to go on"
