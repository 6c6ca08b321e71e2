"""The revision that Alembic generates, as several: one for each phase that has something to do."""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from alembic import util
from alembic.operations import ops

from expandcontract.changes.base import Change
from expandcontract.errors import (
    ColumnNotFoundError,
    ExpandContractError,
    TableNotFoundError,
)
from expandcontract.model.phase import Phase
from expandcontract.ops.autogenerate.columns import what_goes_along
from expandcontract.ops.autogenerate.plain import Concurrently, Remark
from expandcontract.ops.autogenerate.renames import Renames
from expandcontract.ops.autogenerate.replacing import replaced
from expandcontract.ops.autogenerate.rewriting import Rewriting, Rewritten
from expandcontract.ops.operations import BY_MEANING, PhaseOp
from expandcontract.ops.options import Options
from expandcontract.ops.rendering import IMPORT
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.sqlalchemy_session import SqlAlchemySession

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

log = logging.getLogger("alembic.expandcontract")

BUILDS = frozenset({"add_index", "add_unique", "add_primary_key", "replace_index"})
"""Kinds whose expand takes its time; they have a revision of their own."""
FIRST_FILLED = "set_not_null"
"""From expand on it refuses nulls, also those of rows that another backfill of the table writes."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one revision holds."""

    mark: str
    ops: list[ops.MigrateOperation]


def phases(context: "AutogenContext", options: Options, directives: list[Any]) -> None:
    """Write the first and only directive as one for each phase; what is plain stays in the first.

    Nothing is touched where no change of ours stands for anything, or where one run writes for
    several databases.
    """
    if len(directives) != 1 or len(directives[0].upgrade_ops_list) != 1:
        return
    script = directives[0]
    try:
        found = list(_rewritten(context, options, script.upgrade_ops))
        changes = [one for one in found if not isinstance(one, ops.MigrateOperation)]
        if changes or any(_is_ours(one) for one in found):
            parts = _parts(found, {one.name: _phases(context, one) for one in changes})
            directives[:] = _scripts(script, [part for part in parts if part.ops])
    except ExpandContractError as error:
        raise util.CommandError(str(error)) from error


def _rewritten(
    context: "AutogenContext", options: Options, found: ops.UpgradeOps
) -> Iterator[Rewritten]:
    labels = _labels(options)
    renames = Renames(labels)
    yield from renames.take(found)
    for text in renames.later:
        log.warning("%s", text)
    yield from replaced(found, labels)
    also = what_goes_along(found)
    rewriting = Rewriting(context=context, labels=labels, also=also)
    for op in found.ops:
        if not isinstance(op, ops.ModifyTableOps):
            yield from rewriting.of(op)
            continue
        plain: list[ops.MigrateOperation] = []
        for one in op.ops:
            for made in rewriting.of(one):
                if isinstance(made, ops.MigrateOperation) and not _is_ours(made):
                    plain.append(made)
                else:
                    yield made
        if plain:
            yield ops.ModifyTableOps(op.table_name, plain, schema=op.schema)


def _is_ours(op: Rewritten) -> bool:
    """Whether an operation has to be rendered by us, and so stands outside of its table's list."""
    return isinstance(op, Concurrently | Remark)


def _labels(options: Options) -> dict[str, Any]:
    today = datetime.fromtimestamp(time.time(), tz=UTC).date()
    labels: dict[str, Any] = {"contract_by": today + timedelta(days=options.contract_within)}
    return {**labels, "owner": options.owner} if options.owner else labels


def _phases(context: "AutogenContext", change: Change) -> frozenset[Phase]:
    """Those in which the change has something to do; all where that cannot be known yet."""
    if context.connection is None:
        return frozenset(Phase)
    session = SqlAlchemySession(context.connection)
    try:
        types = getattr(change, "types", ())
        plan = change.plan(read_catalog(session, change.tables, types))
    except (TableNotFoundError, ColumnNotFoundError):
        return frozenset(Phase)  # this revision makes them
    return frozenset(step.phase for step in plan.steps)


def _parts(found: Iterable[Rewritten], phases: dict[str, frozenset[Phase]]) -> tuple[Part, ...]:
    marks = ("expand", "index", "switch", "contract")
    expand, build, fill, contract = parts = tuple(Part(mark, []) for mark in marks)
    for one in found:
        if isinstance(one, ops.MigrateOperation):
            (build if isinstance(one, Concurrently) else expand).ops.append(one)
            continue
        here = phases[one.name]
        (build if one.kind in BUILDS else expand).ops.append(BY_MEANING[Phase.EXPAND, False](one))
        for phase in (Phase.BACKFILL, Phase.SWITCH):
            if phase in here:
                fill.ops.append(BY_MEANING[phase, False](one))
        if Phase.CONTRACT in here:
            contract.ops.append(BY_MEANING[Phase.CONTRACT, False](one))
    fill.ops.sort(key=_is_filled_later)
    return parts


def _is_filled_later(op: ops.MigrateOperation) -> bool:
    return not (isinstance(op, PhaseOp) and op.change.kind == FIRST_FILLED)


def _scripts(first: ops.MigrationScript, parts: list[Part]) -> Iterator[ops.MigrationScript]:
    """A chain that begins where the generated revision would have stood."""
    below: ops.MigrationScript | None = None
    said = first.message
    for part in parts:
        script = first
        if below is not None:
            script = ops.MigrationScript(
                rev_id=util.rev_id(),
                upgrade_ops=ops.UpgradeOps([]),
                downgrade_ops=ops.DowngradeOps([]),
                head=below.rev_id,
                version_path=first.version_path,
            )
        script.message = f"{said} {part.mark}" if said and len(parts) > 1 else said or part.mark
        script.upgrade_ops = ops.UpgradeOps(part.ops)
        script.downgrade_ops = ops.DowngradeOps([op.reverse() for op in reversed(part.ops)])
        script.imports = {*(first.imports or ()), f'{IMPORT}\n\nec_phase = "{part.mark}"'}
        below = script
        yield script
