"""Keeps what went wrong where `ec status` finds it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from expandcontract.engine.runner import Runner
from expandcontract.errors import ConnectionLostError, DatabaseError, LeaseLostError
from expandcontract.postgres import ledger
from expandcontract.postgres.ledger import Record


@contextmanager
def noting_errors(runner: Runner, record: Record) -> Iterator[None]:
    """Note a failure of what is done meanwhile; a failure is not a state."""
    try:
        yield
    except (ConnectionLostError, LeaseLostError):
        raise
    except DatabaseError as error:
        with suppress(DatabaseError):  # the error that was met says more than that of noting it
            ledger.set_error(runner.session, record, str(error))
        raise
