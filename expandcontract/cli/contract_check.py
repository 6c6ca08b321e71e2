"""`ec contract-check`: may the old side go?"""

from collections.abc import Iterator

import click

from expandcontract.cli import output
from expandcontract.cli.changes import NAME, named
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import runner
from expandcontract.engine.gates import gate
from expandcontract.model.gate import Closed, Gate, Look, Open, evidence
from expandcontract.model.phase import Phase
from expandcontract.postgres import observations
from expandcontract.postgres.installation import install
from expandcontract.postgres.ledger import Record

READS_ONLY = (
    "this role may not write to expandcontract.observations and expandcontract.gates; "
    "times that something has been quiet are those of the last check that could"
)


@click.command("contract-check")
@NAME
@common
def contract_check(*, common: Common, name: str) -> Exit:
    """Say whether the contract of the change NAME may run now; exit 1 with the reasons if not.

    Every probe is shown with what it saw, and with what it could not see. What has to stay the same
    for a while is noted in the ledger; a role that may only read the ledger notes nothing.
    """
    with runner(common, looks=True) as run:
        record = named(run, name)
        notes = observations.may_write(run.session)
        if notes:
            install(run.session)
        verdict: Gate = Open()
        if _is_to_come(record):
            verdict = gate(run, record, Phase.CONTRACT, only_looking=not notes)
    reasons = verdict.reasons if isinstance(verdict, Closed) else ()
    if common.json:
        document = {
            "name": record.name,
            "state": record.state,
            "open": not reasons,
            "reasons": [str(reason) for reason in reasons],
            "evidence": evidence(verdict),
            "probes": [look.document() for look in verdict.looks],
            "stored": notes,
        }
        output.say(output.as_json(document))
    elif not _is_to_come(record):
        output.say(f"{output.strong(record.name)} is {record.state}; nothing is left to contract")
    else:
        word = output.careful("closed") if reasons else output.good("open")
        output.say(f"contract of {output.strong(record.name)}: {word}")
        for reason in reasons:
            output.say(f"  - {reason}")
        for line in _looks(verdict.looks):
            output.say(line)
        if not notes:
            output.say(f"{output.careful('nothing was stored')}: {READS_ONLY}")
    return Exit.FINDINGS if reasons else Exit.DONE


def _looks(looks: tuple[Look, ...]) -> Iterator[str]:
    """What each probe saw, and what it could not."""
    for look in looks:
        if not look.evidence and not look.unseen and not look.reasons:
            continue
        word = output.careful("closed") if look.reasons else output.good("open")
        yield f"{look.probe}: {word}"
        if look.evidence:
            yield output.pairs({f"  {_readable(what)}": it for what, it in look.evidence.items()})
        yield from (f"  not seen: {what}" for what in look.unseen)


def _is_to_come(record: Record) -> bool:
    return record.is_open and not record.keeps


def _readable(what: str) -> str:
    return what.replace("_", " ")


COMMAND = contract_check
