"""What a brown-out met."""

from expandcontract.errors.root import ExpandContractError


class BrownOutRefusedError(ExpandContractError):
    """A column cannot be taken out of reach in a way that is safe and proves something."""

    def __init__(self, name: str, reasons: tuple[str, ...]) -> None:
        super().__init__(name, reasons)
        self.name = name
        self.reasons = reasons

    def __str__(self) -> str:
        lines = "".join(f"\n  - {reason}" for reason in self.reasons)
        return (
            f"{self.name} cannot be browned out, nothing was changed:{lines}\n"
            f"mend that, or go on without it: ec contract {self.name}"
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
