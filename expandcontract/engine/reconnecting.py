"""A lost connection comes back: after a restart, a failover, a network that was cut.

Where it leads is asked before anything is done there. An old primary that comes back after a
failover would take rows and progress that nobody will ever see again.
"""

from expandcontract.engine.events import Waited
from expandcontract.engine.runner import Runner
from expandcontract.errors import ConnectionLostError, DatabaseError, OldPrimaryError
from expandcontract.pacing.retry import reconnect_after
from expandcontract.postgres import origin
from expandcontract.postgres.origin import Origin
from expandcontract.postgres.session import Session


class Reconnecting:
    """Gets lost connections back for the workers of one process."""

    def __init__(self, runner: Runner, name: str, known: Origin | None = None) -> None:
        self._runner = runner
        self._name = name
        self._known = known or origin.origin(runner.session)

    def again(self, session: Session, error: ConnectionLostError) -> None:
        """Connect anew with growing pauses; the error, once the budget is spent."""
        runner = self._runner
        until = runner.clock() + runner.patience.reconnect
        runner.tell(Waited(self._name, f"the connection was lost ({error.message}); trying again"))
        attempt = 0
        while True:
            attempt += 1
            runner.sleep(reconnect_after(attempt, jitter=runner.jitter()))
            runner.safe_point(self._name)
            try:
                if not session.reopen():
                    raise error
                if origin.is_standby(session):
                    raise ConnectionLostError("the server only follows another one")
                self.recognise(session)
            except OldPrimaryError:
                raise
            except DatabaseError as found:
                if found is error or runner.clock() >= until:
                    raise
            else:
                return

    @property
    def timeline(self) -> int | None:
        """Of the server that is worked on; None where it does not say."""
        return None if self._known is None else self._known.timeline

    def recognise(self, session: Session, newest: Origin | None = None) -> None:
        """Which server the session leads to now; raises where it is one from before.

        `newest` is one that another connection of this process has met.
        """
        before = self._known
        if newest is not None and before is not None and newest.follows(before):
            self._known = newest
        found = origin.origin(session)
        if found is None or self._known is None:
            return
        self._known.refuse_older(found)
        if found != before:
            self._known = found
            origin.note(session, found)
            text = f"another server leads now (timeline {found.timeline}); going on from its ledger"
            self._runner.tell(Waited(self._name, text))
