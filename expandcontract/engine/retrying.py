"""Tries the rows in quarantine once more, one by one."""

from expandcontract.engine.apart import Guard
from expandcontract.engine.computing import Ahead
from expandcontract.engine.events import RowFailed
from expandcontract.engine.helm import Task
from expandcontract.engine.runner import Runner
from expandcontract.errors import ServerRefusedError
from expandcontract.model.backfill import Key
from expandcontract.pacing.retry import is_of_a_row
from expandcontract.postgres import quarantine
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.quarantine import Failed
from expandcontract.postgres.session import transaction

AT_ONCE = 100


def retry_quarantined(runner: Runner, task: Task) -> None:
    """Whatever is right by now, or gone, leaves; a row is written and forgotten in one commit."""
    after: Key | None = None
    while found := quarantine.some(
        runner.session, task.record, task.step.name, after=after, limit=AT_ONCE
    ):
        for failed in found:
            runner.safe_point(f"the backfill of {task.record.name}")
            _retry(runner, task, failed.key)
            after = failed.key


def _retry(runner: Runner, task: Task, key: Key) -> None:
    session, record, step = runner.session, task.record, task.step.name
    guard = Guard(task, runner.most_failures)
    try:
        with transaction(session, **task.local):
            lane = Lane(task.backfill, fleeting=task.fleeting)
            if runner.compute is not None and task.backfill.reads:
                guard.withheld += Ahead(session, runner.compute).one(session, lane, key)
            else:
                guard.write_one(session, lane, key)
            if not guard.withheld:
                quarantine.take_out(session, record, step, key)
        again = guard.failed
    except ServerRefusedError as error:
        if not is_of_a_row(error.sqlstate):
            raise
        again = [Failed(key, error.sqlstate, error.message)]
    for failed in again:
        quarantine.put(session, record, step, failed)
        runner.tell(RowFailed(record.name, step, key, str(failed)))
