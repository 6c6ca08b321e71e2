"""Asks the vitals: as a signal of one's own is asked, by a query or at an address."""

import time
from collections.abc import Iterable

from expandcontract.errors import ServerRefusedError, VitalNotReadError
from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import Unit
from expandcontract.pacing.vitals import Vital
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Watch
from expandcontract.signals.registry import known

TRUE = 1.0
"""What a boolean that is true comes to."""

NOT_SQL = frozenset({"42601", "42P02", "42703", "42883", "25006", "0A000", "42P18"})
"""It is no query, or names what cannot be, or writes."""


class Vitals:
    """The vitals of a switch, each with its reader."""

    def __init__(self, vitals: Iterable[Vital]) -> None:
        self._readers: dict[Vital, tuple[Watch, Reader]] = {}
        for vital in vitals:
            watch = Watch(
                limit=TRUE,
                clock=time.monotonic,
                name=vital.name,
                unit=Unit.COUNT,
                source=vital.ask,
            )
            signal = known()["http" if vital.is_elsewhere else "query"]
            self._readers[vital] = (watch, signal.start(watch))

    def look(self, session: Session) -> dict[Vital, list[Reading]]:
        """Ask every one; what the server refuses is unknown."""
        return {vital: self._asked(session, vital) for vital in self._readers}

    def look_first(self, session: Session) -> dict[Vital, list[Reading]]:
        """The same, but a text that is no query is refused: no later look would be better."""
        return {vital: self._asked(session, vital, is_first=True) for vital in self._readers}

    def _asked(self, session: Session, vital: Vital, *, is_first: bool = False) -> list[Reading]:
        watch, read = self._readers[vital]
        try:
            return read(session)
        except ServerRefusedError as error:
            said = f"{error.message} ({error.sqlstate})"
            if is_first and error.sqlstate in NOT_SQL:
                raise VitalNotReadError(vital.name, said) from error
            return [watch.unknown(said)]
