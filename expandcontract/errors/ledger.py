"""What the ledger holds, or does not hold."""

from expandcontract.errors.root import DatabaseError, ExpandContractError

_LISTED = 5
"""Names that an error lists."""


class UnknownChangeError(ExpandContractError):
    """The ledger has no change of that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        import difflib  # noqa: PLC0415  when a name is wrong

        near = difflib.get_close_matches(self.name, self.known, n=1)
        if near:
            return f"there is no change {self.name!r}; did you mean {near[0]!r}?"
        if len(self.known) > _LISTED:
            nearest = difflib.get_close_matches(self.name, self.known, n=_LISTED, cutoff=0.0)
            return (
                f"there is no change {self.name!r}; of {len(self.known)} names the nearest are "
                f"{', '.join(nearest)} (ec status lists the changes)"
            )
        if self.known:
            return f"there is no change {self.name!r}; the ledger knows {', '.join(self.known)}"
        return f"there is no change {self.name!r}; the ledger holds none yet"


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

    def __init__(self, name: str, wanted: str, state: str, cure: str = "") -> None:
        super().__init__(name, wanted, state, cure)
        self.name = name
        self.wanted = wanted
        self.state = state
        self.cure = cure

    def __str__(self) -> str:
        cure = self.cure or "run the migrations first (ec status shows what is due)"
        return f"this release needs {self.name} to be {self.wanted}, and it is {self.state}; {cure}"


class UnknownPhaseError(ExpandContractError):
    """A word does not name a phase, or how far a change can come; `call` wanted a Phase itself."""

    def __init__(self, word: str, known: tuple[str, ...], *, call: str = "") -> None:
        super().__init__(word, known)
        self.word = word
        self.known = known
        self.call = call

    def __str__(self) -> str:
        import difflib  # noqa: PLC0415  when a name is wrong

        near = difflib.get_close_matches(self.word, self.known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(self.known)}"
        if self.call:
            members = ", ".join(f"ec.Phase.{name}" for name in self.known)
            return f"{self.call}() takes a phase, one of {members}, and was given {self.word}"
        return f"no change can be {self.word!r}; {hint}"


class NoSidesError(ExpandContractError):
    """Reads were to be moved in a change that has no old and new column to choose from."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"{self.name} has no two columns between which reads could move; "
            f"its switch phase is run by ec switch {self.name} "
        )
