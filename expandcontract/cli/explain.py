"""`ec explain`: the page of a rule."""

import click

from expandcontract.cli import output
from expandcontract.cli.lint_outputs import refuse_unknown_rule
from expandcontract.cli.options import Common, common


@click.command("explain")
@click.argument("rule")
@common
def explain(*, common: Common, rule: str) -> None:
    """Explain RULE, given by its id or its name: what it finds, why, and what to do instead."""
    from expandcontract.lint.registry import entry  # noqa: PLC0415  only when it is asked

    found = entry(rule)
    if found is None:
        refuse_unknown_rule(rule)
        message = f"{rule!r} stands for several rules; `ec rules` lists them"
        raise click.UsageError(message)
    about = found.rule
    if common.json:
        document = {
            "rule": about.id,
            "name": about.name,
            "severity": about.severity,
            "hazard": about.hazard,
            "summary": found.summary,
            "why": found.why,
            "bad": found.section("Bad"),
            "says": found.section("Says"),
            "help": found.section("Instead"),
            "good": found.section("Good"),
        }
        output.say(output.as_json(document))
        return
    head = f"{about.id} {about.name}"
    output.say(f"{output.strong(head)} ({about.severity}, {about.hazard})")
    output.say()
    output.say(found.page)


COMMAND = explain
