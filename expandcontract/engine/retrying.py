"""Tries the rows in quarantine once more, one by one."""

from expandcontract.engine.computing import Ahead
from expandcontract.engine.events import RowFailed
from expandcontract.engine.helm import Task
from expandcontract.engine.runner import Runner
from expandcontract.errors import ServerRefusedError
from expandcontract.model.backfill import Key, OneRow
from expandcontract.pacing.retry import is_of_a_row
from expandcontract.postgres import copying, quarantine
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
    try:
        with transaction(session, **task.local):
            lane = Lane(task.backfill, fleeting=task.fleeting)
            if runner.compute is not None and task.backfill.reads:
                Ahead(session, runner.compute).one(session, lane, key)
            else:
                copying.write(session, lane, OneRow(key))
            quarantine.take_out(session, record, step, key)
    except ServerRefusedError as error:
        if not is_of_a_row(error.sqlstate):
            raise
        failed = Failed(key, error.sqlstate, error.message)
        quarantine.put(session, record, step, failed)
        runner.tell(RowFailed(record.name, step, key, str(failed)))
