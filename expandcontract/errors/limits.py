"""Limits and signals that were written in a way that cannot be meant."""

from expandcontract.errors.root import ExpandContractError


class UnknownSignalError(ExpandContractError):
    """A limit was given for a signal that there is not."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        from difflib import get_close_matches  # noqa: PLC0415  when there is one

        near = get_close_matches(self.name, self.known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(self.known)}"
        return f"there is no signal {self.name!r}; {hint}"


class LimitNotReadError(ExpandContractError):
    """A limit has no figure, no unit or the wrong one."""

    def __init__(self, signal: str, given: str, expected: str) -> None:
        super().__init__(signal, given, expected)
        self.signal = signal
        self.given = given
        self.expected = expected

    def __str__(self) -> str:
        return f"the limit of {self.signal} is {self.expected}, or off; {self.given!r} was given"


class SourceNotReadError(ExpandContractError):
    """A signal of one's own has no usable name, query or address."""

    def __init__(self, given: str, problem: str) -> None:
        super().__init__(given, problem)
        self.given = given
        self.problem = problem

    def __str__(self) -> str:
        return (
            f"{self.given!r}: {self.problem}; write --signal name='SELECT …' or "
            "--signal name=http://…, and --limit name=figure"
        )


class VitalNotReadError(ExpandContractError):
    """What is to be watched while reads move has no usable name, question or limit."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return (
            f"the watch {self.name!r}: {self.problem}; write --watch name='SELECT …' (or "
            "name=http://…, name='prometheus:http://host:9090 QUERY') and --max name=figure, "
            "or --min"
        )


class UnhealthyError(ExpandContractError):
    """A figure of health went beyond its limit while reads moved, and they were taken back."""

    exit_code = 1

    def __init__(self, name: str, reasons: tuple[str, ...], percent: int, left: str = "") -> None:
        super().__init__(name, reasons, percent, left)
        self.name = name
        self.reasons = reasons
        self.percent = percent  #: where the reads had been
        self.left = left  #: what could not be taken back

    def __str__(self) -> str:
        lines = "".join(f"\n  - {reason}" for reason in self.reasons)
        back = f"the switch of {self.name} was taken back from {self.percent} % to the old side:"
        return f"{back}{lines}{f'{chr(10)}{self.left}' if self.left else ''}"


class NotWatchedError(ExpandContractError):
    """There is nothing to watch in a change, or its reads were taken back meanwhile."""

    exit_code = 1

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return f"nothing of {self.name} is watched any more: {self.problem}"
