"""Names, tables and columns that are not what a change needs."""

from expandcontract.errors.root import ExpandContractError


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
        import difflib  # noqa: PLC0415  when a name is wrong

        near = difflib.get_close_matches(self.column, self.columns, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(self.columns)}"
        return f"column {self.column!r} does not exist in table {self.table}{hint}"


class TypeNotFoundError(ExpandContractError):
    """A change asks for a type that the database does not have, or that cannot be seen."""

    def __init__(self, type_: str, *, is_other: bool = False) -> None:
        super().__init__(type_)
        self.type = type_
        self.is_other = is_other

    def __str__(self) -> str:
        if self.is_other:
            return f"type {self.type!r} is no enum; give the name of one"
        return (
            f"type {self.type!r} does not exist; check the spelling, or name its schema: "
            "schema.type"
        )


class IndexNotFoundError(ExpandContractError):
    """A change names an index that the table does not have."""

    def __init__(self, table: str, index: str, indexes: tuple[str, ...] = ()) -> None:
        super().__init__(table, index, indexes)
        self.table = table
        self.index = index
        self.indexes = indexes

    def __str__(self) -> str:
        import difflib  # noqa: PLC0415  when a name is wrong

        near = difflib.get_close_matches(self.index, self.indexes, n=1)
        has = f"it has {', '.join(self.indexes)}" if self.indexes else "it has none"
        hint = f"did you mean {near[0]!r}?" if near else has
        return f"there is no index {self.index!r} on table {self.table}; {hint}"


class ConstraintNotFoundError(ExpandContractError):
    """A change names a constraint that the table does not have."""

    def __init__(self, table: str, constraint: str, constraints: tuple[str, ...] = ()) -> None:
        super().__init__(table, constraint, constraints)
        self.table = table
        self.constraint = constraint
        self.constraints = constraints

    def __str__(self) -> str:
        import difflib  # noqa: PLC0415  when a name is wrong

        near = difflib.get_close_matches(self.constraint, self.constraints, n=1)
        has = f"it has {', '.join(self.constraints)}" if self.constraints else "it has none"
        hint = f"did you mean {near[0]!r}?" if near else has
        return f"there is no constraint {self.constraint!r} on table {self.table}; {hint}"


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
        import difflib  # noqa: PLC0415  when a name is wrong

        near = difflib.get_close_matches(self.kind, self.known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(self.known)}"
        return f"this release has no change of the kind {self.kind!r}; {hint}"
