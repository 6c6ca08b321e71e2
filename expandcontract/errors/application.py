"""How an application can be set up wrongly; said at its start, not at its first request."""

from expandcontract.errors.root import ExpandContractError


class SwitchedAttributeError(ExpandContractError):
    """An attribute over two columns is declared in a way in which it cannot work."""

    def __init__(self, attribute: str, problem: str) -> None:
        super().__init__(attribute, problem)
        self.attribute = attribute
        self.problem = problem

    def __str__(self) -> str:
        return f"the switched attribute {self.attribute} cannot work: {self.problem}"


class UnknownSwitchError(ExpandContractError):
    """A switched attribute follows a change that the ledger does not have."""

    def __init__(self, attribute: str, change: str, known: tuple[str, ...]) -> None:
        super().__init__(attribute, change, known)
        self.attribute = attribute
        self.change = change
        self.known = known

    def __str__(self) -> str:
        import difflib  # noqa: PLC0415  when there is one

        near = difflib.get_close_matches(self.change, self.known, n=1)
        text = f"{self.attribute} follows {self.change!r}, and no open change is called so"
        if near:
            return f"{text}; did you mean {near[0]!r}?"
        if self.known:
            return f"{text}, or works on such a column; there are {', '.join(self.known)}"
        return f"{text}: the database has none; run the expand phase first (alembic upgrade)"


class ColumnsMissingError(ExpandContractError):
    """A class maps a column that its table does not have yet, or has no longer."""

    def __init__(self, attribute: str, table: str, columns: tuple[str, ...], state: str) -> None:
        super().__init__(attribute, table, columns, state)
        self.attribute = attribute
        self.table = table
        self.columns = columns
        self.state = state

    def __str__(self) -> str:
        done = "run the expand phase before this release starts (alembic upgrade)"
        if self.state in {"contract", "closed"}:
            done = "the change is over: map the new column alone"
        columns = ", ".join(repr(column) for column in self.columns)
        return f"{self.attribute}: the table {self.table} has no column {columns}; {done}"


class ReleaseNameError(ExpandContractError):
    """A release cannot be told apart from others by the name that it was given."""

    def __init__(self, release: str, problem: str) -> None:
        super().__init__(release, problem)
        self.release = release
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.release!r} cannot be the name of a release: {self.problem}"


class RetiredColumnError(ExpandContractError):
    """Code touches a column that the contract of a switched change will drop."""

    def __init__(self, change: str, column: str, sql: str) -> None:
        super().__init__(change, column, sql)
        self.change = change
        self.column = column
        self.sql = sql

    def __str__(self) -> str:
        return (
            f"{self.column} is touched, and the contract of {self.change} will drop it; "
            f"use the new column: {' '.join(self.sql.split())[:200]}"
        )
