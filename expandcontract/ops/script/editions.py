"""One script for all servers: from 18 on, NOT NULL is a constraint with a name to be carried."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from expandcontract.model.names import literal
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS
from expandcontract.model.statement import Statement
from expandcontract.ops.script.text import commands

VERSIONS = (150000, 180000)
"""A server of either edition."""

IS_NEW = "pg_catalog.current_setting('server_version_num')::integer >= 180000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions:
    """The plan of a change for servers before 18, and for those since."""

    before: Plan
    since: Plan

    def of(self, phase: Phase) -> Iterator[tuple[Step, Step]]:
        """Both editions of every step of a phase."""
        return _paired(self.before.of(phase), self.since.of(phase))

    def closing(self) -> Iterator[tuple[Step, Step]]:
        """Both editions of the steps that drop what contract keeps."""
        return _paired(self.before.close, self.since.close)


def _paired(before: tuple[Step, ...], since: tuple[Step, ...]) -> Iterator[tuple[Step, Step]]:
    """Steps of the same name side by side; where one edition has none, it has nothing to do."""
    newer = {step.name: step for step in since}
    for step in before:
        yield step, newer.pop(step.name, replace(step, done=ALWAYS, statements=(), revert=()))
    for step in newer.values():
        yield replace(step, done=ALWAYS, statements=(), revert=()), step


def either(before: str, since: str) -> str:
    """The expression for the server that the script meets."""
    return before if before == since else f"CASE WHEN {IS_NEW} THEN {since} ELSE {before} END"


def run(before: tuple[Statement, ...], since: tuple[Statement, ...]) -> str:
    """The statements for the server that the script meets, within a block.

    Where they differ they are texts to be executed: an older server's block may not hold what only
    a newer one can parse.
    """
    if before == since:
        return commands(*(_guarded(statement, statement.sql) for statement in before))
    new, old = (
        commands(*(_guarded(one, f"EXECUTE {literal(one.sql)}") for one in statements))
        for statements in (since, before)
    )
    return f"IF {IS_NEW} THEN\n{new}\nELSE\n{old}\nEND IF;"


def _guarded(statement: Statement, command: str) -> str:
    """The command, left out where what it is about is gone."""
    if statement.only_when is None:
        return command
    text = f"EXECUTE {literal(statement.sql)}"
    return f"IF {statement.only_when.inlined()} THEN\n{text};\nEND IF"
