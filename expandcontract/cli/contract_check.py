"""`ec contract-check`: may the old side go?"""

import click

from expandcontract.cli import output
from expandcontract.cli.changes import NAME, named
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import runner
from expandcontract.engine.gates import gate
from expandcontract.model.gate import Closed, Gate, Open
from expandcontract.model.phase import Phase
from expandcontract.postgres.ledger import Record


@click.command("contract-check")
@NAME
@common
def contract_check(*, common: Common, name: str) -> Exit:
    """Say whether the contract of the change NAME may run now; exit 1 with the reasons if not."""
    with runner(common) as run:
        record = named(run, name)
        verdict: Gate = gate(run, record, Phase.CONTRACT) if _is_to_come(record) else Open()
    reasons = verdict.reasons if isinstance(verdict, Closed) else ()
    if common.json:
        document = {
            "name": record.name,
            "state": record.state,
            "open": not reasons,
            "reasons": [str(reason) for reason in reasons],
            "evidence": verdict.evidence,
        }
        output.say(output.as_json(document))
    elif not _is_to_come(record):
        output.say(f"{output.strong(record.name)} is {record.state}; nothing is left to contract")
    else:
        word = output.careful("closed") if reasons else output.good("open")
        output.say(f"contract of {output.strong(record.name)}: {word}")
        for reason in reasons:
            output.say(f"  - {reason}")
        if verdict.evidence:
            output.say(output.pairs(_readable(verdict.evidence)))
    return Exit.FINDINGS if reasons else Exit.DONE


def _is_to_come(record: Record) -> bool:
    return record.is_open and not record.keeps


def _readable(evidence: dict[str, str]) -> dict[str, object]:
    return {f"  {what.replace('_', ' ')}": value for what, value in evidence.items()}


COMMAND = contract_check
