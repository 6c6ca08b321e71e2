"""What a brown-out met."""

import shlex

from expandcontract.errors.root import ExpandContractError


class BrownOutRefusedError(ExpandContractError):
    """A column cannot be taken out of reach in a way that is safe and proves something."""

    def __init__(self, name: str, reasons: tuple[str, ...], override: str = "") -> None:
        super().__init__(name, reasons, override)
        self.name = name
        self.reasons = reasons
        self.override = override

    def __str__(self) -> str:
        lines = "".join(f"\n  - {reason}" for reason in self.reasons)
        override = f" --override {shlex.quote(self.override)}" if self.override else ""
        return (
            f"{self.name} cannot be browned out, nothing was changed:{lines}\n"
            f"mend that, or go on without it: ec contract {self.name}{override}"
        )


class StillNeededError(ExpandContractError):
    """Somebody asked for a column while it was out of reach; it is within reach again."""

    exit_code = 1

    def __init__(self, name: str, columns: tuple[str, ...], users: tuple[str, ...]) -> None:
        super().__init__(name, columns, users)
        self.name = name
        self.columns = columns
        self.users = users

    def __str__(self) -> str:
        lines = "".join(f"\n  - {user}" for user in self.users)
        return (
            f"{', '.join(self.columns)} is still needed, and everybody may use it again:{lines}\n"
            "let them use the new column, or end them, and run the same command again"
        )


class UnnamedFailuresError(ExpandContractError):
    """While a column was out of reach more transactions failed than without, by whom is unknown."""

    exit_code = 1

    def __init__(
        self, name: str, columns: tuple[str, ...], count: int, since: str, until: str
    ) -> None:
        super().__init__(name, columns, count, since, until)
        self.name = name
        self.columns = columns
        self.count = count
        self.since = since
        self.until = until

    def __str__(self) -> str:
        failed = "1 transaction" if self.count == 1 else f"{self.count} transactions"
        return (
            f"{failed} failed while {', '.join(self.columns)} was out of reach, "
            "and everybody may use it again; nobody who was still connected could be named\n"
            f"see the server's log for 42501 between {self.since} and {self.until}; "
            "if there is none, run the same command again"
        )


class BrownOutUnwatchedError(ExpandContractError):
    """Nobody looked for a part of a brown-out, or for too long after it: it proves nothing."""

    exit_code = 1

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return (
            f"the brown-out of {self.name} proves nothing: {self.why}\n"
            "everybody may use what it took away again, and contract did not begin; "
            "run the same command again"
        )
