"""`ec doctor`: is this a database that changes can be carried out in?"""

import click

from expandcontract.cli import output
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import runner
from expandcontract.engine.checkup import Finding, Verdict, look_over


@click.command("doctor")
@common
def doctor(*, common: Common) -> Exit:
    """Look the database over: privileges, standbys, pooler, leftovers; exit 1 if something is off.

    It reads only, and says what to do about everything it finds.
    """
    with runner(common, looks=True) as run:
        found = list(look_over(run.session, run.standbys))
    is_well = all(finding.verdict is not Verdict.WRONG for finding in found)
    if common.json:
        output.say(output.as_json({"ok": is_well, "checks": found}))
    else:
        widest = max(len(finding.check) for finding in found)
        for finding in found:
            output.say(_line(finding, widest))
    return Exit.DONE if is_well else Exit.FINDINGS


def _line(finding: Finding, widest: int) -> str:
    style = {Verdict.GOOD: output.good, Verdict.NOTE: output.careful, Verdict.WRONG: output.bad}
    mark = style[finding.verdict](f"{finding.verdict:<5}")
    line = f"{mark}  {finding.check:<{widest}}  {finding.text}"
    if finding.next_step:
        line += f"\n{' ' * (widest + 9)}to do: {finding.next_step}"
    return line


COMMAND = doctor
