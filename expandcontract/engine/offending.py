"""Names the rows that keep a step from being done."""

from expandcontract.engine.runner import Runner
from expandcontract.errors import OffendingRowsError, ServerRefusedError, StepNotDoneError
from expandcontract.model.plan import Step

BROKEN = frozenset({"23502", "23503", "23505", "23514"})
"""Not null, foreign key, unique and check violations."""


def name_offenders(
    runner: Runner, step: Step, error: ServerRefusedError | StepNotDoneError
) -> None:
    """Raise with some of the rows, if it was rows that the server refused, and they are there."""
    if isinstance(error, ServerRefusedError) and error.sqlstate not in BROKEN:
        return
    if step.offenders and (rows := runner.session.rows(step.offenders)):
        found = tuple(str(row[0]) for row in rows)
        raise OffendingRowsError(step.name, step.summary, found) from error
