"""Holds the lease of a change for as long as a phase runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from expandcontract.engine.runner import Runner
from expandcontract.errors import ConnectionLostError, DatabaseError, LeaseLostError
from expandcontract.postgres import leases
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

RENEW_EVERY = leases.SECONDS / 3
ASK_EVERY = 0.2
GRACE = 2.0


@contextmanager
def held(runner: Runner, record: Record) -> Iterator[Lease]:
    """Take the lease, waiting only for one that nobody renews, and give it back at the end."""
    lease = _take(runner, record)
    try:
        yield lease
    finally:
        # A lost connection has ended the server process by which the lease is known to be alive.
        with suppress(DatabaseError):
            leases.release(runner.session, lease)


def _take(runner: Runner, record: Record) -> Lease:
    """Take it, or say who has it.

    A runner that was killed loses its lease when the server ends its process, a moment later;
    behind a pooler, when the lease ends.
    """
    until = runner.clock() + GRACE
    while (lease := leases.take(runner.session, record)) is None:
        if runner.clock() >= until:
            raise leases.busy(runner.session, record)
        runner.safe_point(record.name)
        runner.sleep(ASK_EVERY)
    return lease


@contextmanager
def kept(runner: Runner, lease: Lease) -> Iterator[None]:
    """Renew the lease from a second session while the first is busy with one long statement."""
    sibling = runner.session.sibling()
    if sibling is None:
        yield
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(sibling, lease, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
        sibling.close()


def _keep(session: Session, lease: Lease, over: threading.Event) -> None:
    while not over.wait(RENEW_EVERY):
        try:
            leases.fence(session, lease, by_keeper=True)
        except LeaseLostError:
            return  # the working session finds out at its own fence, before it commits
        except ConnectionLostError:
            with suppress(DatabaseError):  # else the next turn tries it again
                session.reopen()
        except DatabaseError:
            continue  # what was refused once may be right at the next turn
