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
    if found := _offenders(runner, step):
        raise OffendingRowsError(step.name, step.summary, found) from error


def look_before(runner: Runner, step: Step) -> None:
    """Raise with rows that would keep a constraint from coming back, before it refuses others."""
    if found := _offenders(runner, step):
        raise OffendingRowsError(step.name, "no row stands in the way", found)


def _offenders(runner: Runner, step: Step) -> tuple[str, ...]:
    if not step.offenders:
        return ()
    return tuple(str(row[0]) for row in runner.session.rows(step.offenders))
