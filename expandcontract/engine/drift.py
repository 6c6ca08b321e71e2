"""Does the catalog still say what the plan was made on, and what the ledger says is done?"""

from expandcontract.engine.runner import Runner
from expandcontract.errors import AssumptionError, DriftError
from expandcontract.model.plan import Plan
from expandcontract.postgres.ledger import Record


def assume(runner: Runner, name: str, plan: Plan) -> None:
    """Raise with every assumption of the plan that is not true."""
    false = [a.text for a in plan.assumptions if not runner.holds(a.probe)]
    if false:
        raise AssumptionError(name, tuple(false))


def still_there(runner: Runner, record: Record) -> None:
    """What earlier phases made must still be there: the catalog is the truth."""
    if record.reached is None:
        return
    lost = [
        f"{step.name}: {step.summary}"
        for step in record.plan.steps
        if step.phase <= record.reached and not step.by_ledger and not runner.holds(step.done)
    ]
    if lost:
        raise DriftError(record.name, tuple(lost))
