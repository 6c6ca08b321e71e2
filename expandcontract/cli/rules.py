"""`ec rules`: every rule of the linter."""

import click

from expandcontract.cli import output
from expandcontract.cli.options import Common, common


@click.command("rules")
@common
def rules(*, common: Common) -> None:
    """List the rules of `ec lint`."""
    from expandcontract.lint.registry import entries  # noqa: PLC0415  only when it is asked

    if common.json:
        document = [
            {
                "rule": entry.rule.id,
                "name": entry.rule.name,
                "severity": entry.rule.severity,
                "hazard": entry.rule.hazard,
                "by_default": entry.rule.by_default,
                "summary": entry.summary,
            }
            for entry in entries()
        ]
        output.say(output.as_json(document))
        return
    rows = [
        (
            entry.rule.id,
            entry.rule.name,
            str(entry.rule.severity) if entry.rule.by_default else "off",
            entry.summary,
        )
        for entry in entries()
    ]
    output.say(output.table(("rule", "name", "severity", "finds"), rows))


COMMAND = rules
