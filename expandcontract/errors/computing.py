"""Fills in Python that lack their function, or whose function cannot be found."""

from expandcontract.errors.root import ExpandContractError


class FunctionMissingError(ExpandContractError):
    """A fill in Python was run without the function that computes it."""

    def __init__(self, change: str) -> None:
        super().__init__(change)
        self.change = change

    def __str__(self) -> str:
        return (
            f"{self.change} is computed by a function that the ledger does not keep; give it with "
            "--python module:function, or ec.backfill(..., fill=function)"
        )


class FunctionNotFoundError(ExpandContractError):
    """The name of a function or of an executor leads nowhere."""

    def __init__(self, given: str, problem: str) -> None:
        super().__init__(given, problem)
        self.given = given
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.given!r} cannot be used: {self.problem}"


class FunctionResultError(ExpandContractError):
    """A function gave something else than one result for each row: its own fault, not a row's."""

    def __init__(self, given: str, rows: int) -> None:
        super().__init__(given, rows)
        self.given = given
        self.rows = rows

    def __str__(self) -> str:
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return (
            f"the function gave {self.given} for {rows}, of which none was written; it has to "
            "return a list with one result for each row that it gets, in their order (the value, "
            "with several columns a dict of them, or ec.SKIP); mend it, and the same command goes "
            "on with these rows"
        )


class ExecutorLostError(ExpandContractError):
    """The processes or threads that compute have ended; of the rows that says nothing."""

    exit_code = 3

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said

    def __str__(self) -> str:
        return (
            f"the executor has ended: {self.said}; look whether the system killed its processes, "
            "for want of memory for example, or the function ends them. What is written stays, and "
            "the same command goes on"
        )
