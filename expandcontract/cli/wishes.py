"""What `ec pause`, `ec resume` and `ec cancel` have in common: a wish, and an answer."""

from dataclasses import dataclass

from expandcontract.cli import output
from expandcontract.cli.changes import named
from expandcontract.cli.options import Common
from expandcontract.cli.running import runner
from expandcontract.engine.runner import Runner
from expandcontract.errors import PhaseOrderError
from expandcontract.postgres import controls, lanes
from expandcontract.postgres.installation import install
from expandcontract.postgres.ledger import Record


@dataclass(frozen=True, slots=True)
class Answer:
    """Two sentences: what becomes of a backfill that runs, and of one that does not."""

    running: str
    idle: str


def wish(common: Common, name: str, wanted: str, answer: Answer) -> None:
    """Ask for it, and say who will hear of it."""
    with runner(common) as run:
        record = named(run, name)
        worker = asked(run, record, wanted)
    if common.json:
        output.say(output.as_json({"name": record.name, "wish": wanted, "worked_on_by": worker}))
        return
    told = answer.idle if worker is None else answer.running
    output.say(told.format(name=output.strong(record.name), plain=record.name, worker=worker))


def asked(run: Runner, record: Record, wanted: str) -> str | None:
    """Write the wish down; who works on it now."""
    if not record.is_open:
        raise PhaseOrderError(record.name, f"a {wanted}", record.state, "nothing is left to do")
    install(run.session)
    controls.wish(run.session, record, wanted)
    return lanes.working(run.session).get(record.id)
