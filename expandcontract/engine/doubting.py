"""A backfill that a verification has found wanting is not over."""

from collections.abc import Iterator
from contextlib import contextmanager

from expandcontract.engine.proving import doubt
from expandcontract.engine.runner import Runner
from expandcontract.errors import MismatchError
from expandcontract.model.phase import Phase
from expandcontract.postgres import leases, ledger
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import transaction


@contextmanager
def doubting_the_copy(runner: Runner, lease: Lease, record: Record) -> Iterator[None]:
    """Where a verification fails, the backfill is not over: the next one looks at every row."""
    try:
        yield
    except MismatchError:
        with transaction(runner.session):
            for step in record.plan.of(Phase.BACKFILL):
                if step.backfill is not None:
                    ledger.forget_step(runner.session, record, step.name)
            ledger.set_reached(runner.session, record, Phase.EXPAND, None)
            doubt(runner.session, record)
            leases.fence(runner.session, lease)
        raise
