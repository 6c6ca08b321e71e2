"""What the schema is like where an operation stands, told from the revisions before it.

A script is written without a database. So all revisions from base on are rendered once into a
buffer, and what they say is replayed on a Catalog, on which each change is then planned. Our own
operations add the statements of their plans to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from io import StringIO

from alembic.operations.base import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script.base import Script
from sqlalchemy.engine import Dialect

from expandcontract.changes.base import Change
from expandcontract.errors import ExpandContractError, PhaseOrderError
from expandcontract.lint.history import replay
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.ops.errors import (
    NoHistoryError,
    RevisionNotReadError,
    RevisionStoppedError,
    UncertainTableError,
)
from expandcontract.ops.operations import PhaseOp
from expandcontract.ops.running import Run
from expandcontract.ops.script.editions import VERSIONS, Editions

SINK = "expandcontract.sink"
"""Key of the context's options under which a function takes operations instead of a database."""


@dataclass(slots=True)
class Plans:
    """The plan of each change, as the revisions would make it on an empty database."""

    by_revision: dict[tuple[str, str], Editions] = field(default_factory=dict)
    newest: dict[str, Editions] = field(default_factory=dict)

    def of(self, change: Change, revision: str | None) -> Editions:
        """The plan of a change that a revision works on."""
        found = self.by_revision.get((revision or "", change.name), self.newest.get(change.name))
        if found is None:
            raise _not_expanded(change)
        return found


def plans_of(operations: Operations, run: Run) -> Plans:
    """Render the revisions up to the end of this run, and plan every change in them."""
    context = operations.migration_context
    if run.step is None or context.script is None:
        raise NoHistoryError
    reading = _Reading()
    with _rendering(operations, reading):
        for script in _scripts(context, run):
            reading.revision = script.revision
            try:
                script.module.upgrade(**run.arguments)
            except RevisionStoppedError:
                raise
            except Exception as error:
                raise RevisionNotReadError(script.revision, error) from error
    return reading.plans


def _scripts(context: MigrationContext, run: Run) -> Iterator[Script]:
    """All revisions from base to where an upgrade ends, or to where a downgrade begins."""
    if context.script is None:
        raise AssertionError
    below = list(context.script.iterate_revisions(run.heads, "base", implicit_base=True))
    yield from reversed(below if run.heads else [])
    if run.step is not None and run.step.is_upgrade:
        end = context.opts["destination_rev"]
        above = context.script.iterate_revisions(end, run.heads or "base", implicit_base=True)
        yield from reversed(list(above))


@dataclass(slots=True)
class Schema:
    """What the statements so far have made on a server of one edition."""

    catalog: Catalog
    uncertain: set[TableName] = field(default_factory=set)

    def replay(self, sql: str) -> None:
        """Take the effect of more statements."""
        replayed = replay(sql, self.catalog)
        self.catalog = replayed.catalog
        self.uncertain |= replayed.uncertain

    def plan(self, change: Change, revision: str) -> Plan:
        """Plan a change here, unless it is not certain what its tables are like."""
        plan = change.plan(self.catalog)
        for name in change.tables:
            table = self.catalog.table(name).name
            if table in self.uncertain:
                raise UncertainTableError(change.name, table.plain, revision)
        # Definitions as revisions spell them cannot be compared with those that a server shows.
        return replace(plan, retires=tuple(replace(r, definitions={}) for r in plan.retires))


@dataclass(slots=True)
class _Reading:
    """The schema as far as the revisions have been read."""

    buffer: StringIO = field(default_factory=StringIO)
    schemas: tuple[Schema, ...] = field(
        default_factory=lambda: tuple(Schema(Catalog(version=version)) for version in VERSIONS)
    )
    plans: Plans = field(default_factory=Plans)
    revision: str = ""

    def take(self, op: PhaseOp) -> None:
        """Plan a change where it is expanded, and replay what the operation does."""
        text = self.buffer.getvalue()
        self.buffer.seek(0)
        self.buffer.truncate()
        for schema in self.schemas:
            schema.replay(text)
        if op.phase is Phase.EXPAND and not op.reverts:
            before, since = (schema.plan(op.change, self.revision) for schema in self.schemas)
            self.plans.newest[op.change.name] = Editions(before=before, since=since)
        plan = self.plans.of(op.change, None)
        self.plans.by_revision[self.revision, op.change.name] = plan
        for schema, edition in zip(self.schemas, (plan.before, plan.since), strict=True):
            schema.replay("".join(f"{sql};\n" for sql in statements(edition, op)))


def statements(plan: Plan, op: PhaseOp) -> Iterator[str]:
    """The SQL of an operation on a change that was planned so."""
    if not op.reverts:
        steps = plan.of(op.phase)
    elif op.phase is Phase.CONTRACT:
        steps = plan.comeback
    else:
        for step in reversed(plan.of(op.phase)):
            yield from (statement.sql for statement in step.revert)
        return
    for step in steps:
        yield from (statement.sql for statement in step.statements)


@contextmanager
def _rendering(operations: Operations, reading: _Reading) -> Iterator[None]:
    """Let `op` and `context` write into the reading's buffer, and put back what they were."""
    outer = operations.migration_context
    opts = {key: value for key, value in outer.opts.items() if key != "output_encoding"}
    opts |= {"as_sql": True, "output_buffer": reading.buffer, SINK: reading.take}
    opts |= {"fn": None, "starting_rev": None}
    environment = outer.environment_context
    inner = MigrationContext(undoubled(outer.dialect), None, opts, environment)
    if environment is not None:
        environment._migration_context = inner  # noqa: SLF001  # there is no other way in
    try:
        with Operations.context(inner):
            yield
    finally:
        if environment is not None:
            environment._migration_context = outer  # noqa: SLF001
        operations._install_proxy()  # noqa: SLF001


def doubles(dialect: Dialect) -> bool:
    """Whether `%` in a name is written twice, as drivers that format want it."""
    return "%%" in dialect.identifier_preparer.quote_identifier("%")


def undoubled(dialect: Dialect) -> Dialect:
    """The same dialect for a text that no driver formats."""
    if not doubles(dialect):
        return dialect
    plain = copy(dialect)
    plain.paramstyle, plain.positional = "named", False
    plain.identifier_preparer = plain.preparer(plain)
    return plain


def _not_expanded(change: Change) -> ExpandContractError:
    cure = "call op.expand with the same change in this revision or an earlier one"
    return PhaseOrderError(change.name, "a phase", "not expanded", cure)
