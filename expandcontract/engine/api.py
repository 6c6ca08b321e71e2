"""What `import expandcontract as ec` offers without Alembic: one call, one phase."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeGuard

from expandcontract.changes.base import Change, refuse_other_than_change
from expandcontract.engine import adhoc
from expandcontract.engine.apply import apply_phase, enrol, planned, revert_phase
from expandcontract.engine.computing import Compute, Fill
from expandcontract.engine.events import Tell
from expandcontract.engine.limits import limits as read_limits
from expandcontract.engine.runner import MAX_LAG, QUIET, Runner
from expandcontract.engine.sharing import share
from expandcontract.engine.status import ChangeStatus
from expandcontract.engine.status import status as status_of
from expandcontract.engine.tuning import sizing_for
from expandcontract.engine.verifying import verify_change
from expandcontract.errors import ArgumentError, UnknownPhaseError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.pacing.retry import Patience
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import install
from expandcontract.postgres.opening import Target, session_for


def _nobody(_event: object) -> None:
    """Tell nobody."""


@contextmanager
def _runner(
    target: Target,
    *,
    tell: Tell = _nobody,
    max_lag: float | None = MAX_LAG,
    sizing: Sizing | None = None,
    patience: Patience | None = None,
    quiet: float = QUIET,
) -> Iterator[Runner]:
    with session_for(target) as session:
        yield Runner(
            session=session,
            tell=tell,
            limits={"replication_lag": max_lag},
            sizing=sizing or Sizing(),
            patience=patience or Patience(),
            quiet=quiet,
        )


def plan(target: Target, change: Change) -> Plan:
    """Every step that the change would take on this database now; writes nothing.

    Of one that was begun, the steps that it was begun with; another definition is an error.
    """
    refuse_other_than_change("ec.plan", change)
    with _runner(target) as runner:
        return planned(runner, change)


def apply(
    target: Target,
    change: Change,
    phase: Phase,
    *,
    override: str = "",
    quiet: float = QUIET,
    tell: Tell = _nobody,
) -> ChangeStatus:
    """Carry out one phase; what is done already is skipped.

    `quiet` is how many seconds the old side must have gone unwritten before contract; `override`
    is the recorded reason for going through a closed gate.
    """
    refuse_other_than_change("ec.apply", change)
    _refuse_other_than_phase("ec.apply", phase)
    _refuse_negative("ec.apply", "quiet", quiet)
    with _runner(target, tell=tell, quiet=quiet) as runner:
        record = enrol(runner, change)
        apply_phase(runner, record, phase, override=override)
        return status_of(runner, change.name)[0]


def revert(
    target: Target, change: Change, phase: Phase, *, tell: Tell = _nobody
) -> ChangeStatus | None:
    """Take one phase back; None where the change was never started."""
    refuse_other_than_change("ec.revert", change)
    _refuse_other_than_phase("ec.revert", phase)
    with _runner(target, tell=tell) as runner:
        install(runner.session)
        record = ledger.find(runner.session, change.name)
        if record is None:
            return None
        revert_phase(runner, record, phase)
        return status_of(runner, change.name)[0]


def status(target: Target, name: str | None = None) -> list[ChangeStatus]:
    """Where every change stands, open ones first."""
    with _runner(target) as runner:
        return status_of(runner, name)


def backfill(  # noqa: PLR0913  # each is an option that `ec backfill` has too
    target: Target,
    change: Change,
    *,
    max_lag: float | None = MAX_LAG,
    target_ms: float = 100.0,
    batch_size: int | None = None,
    workers: int = 1,
    limits: Mapping[str, str] | None = None,
    fill: Fill | None = None,
    executor: Executor | None = None,
    tell: Tell = _nobody,
) -> ChangeStatus:
    """Carry out the backfill phase, from wherever it was left.

    `max_lag` is how many seconds a streaming standby may fall behind; None switches that off.
    Several `workers` write on a connection each. `limits` are those of other signals, as texts with
    their units. `fill` computes an `ec.ComputeColumns`: it gets rows as dicts, and gives one result
    for each; on `executor`, if there is one.
    """
    refuse_other_than_change("ec.backfill", change)
    _refuse_unusable_pace(max_lag, target_ms, batch_size)
    if not (type(workers) is int and workers > 0):
        raise ArgumentError("ec.backfill", "workers", workers, "a whole number, 1 or more")
    sizing = sizing_for(target_ms, batch_size)
    given = read_limits(f"{name}={value}" for name, value in (limits or {}).items())
    compute = None if fill is None else Compute(function=fill, executor=executor)
    with _runner(target, tell=tell, max_lag=max_lag, sizing=sizing) as runner:
        ready = replace(runner, workers=workers, limits={**runner.limits, **given}, compute=compute)
        if isinstance(change, adhoc.AdHoc):
            adhoc.carry_on(ready, adhoc.begin(ready, change))
        else:
            share(ready, enrol(ready, change))
        return status_of(runner, change.name)[0]


def verify(target: Target, change: Change, *, repair: bool = False, tell: Tell = _nobody) -> None:
    """Compare old and new in every row; raises MismatchError where they differ.

    `repair` writes the rows that differ: as the old side has them before the switch, as the new
    side has them after it.
    """
    refuse_other_than_change("ec.verify", change)
    with _runner(target, tell=tell) as runner:
        verify_change(runner, ledger.named(runner.session, change.name), repair=repair)


def _refuse_other_than_phase(call: str, phase: object) -> None:
    """A text or a figure may be meant as a phase, and is not one."""
    if not isinstance(phase, Phase):
        raise UnknownPhaseError(repr(phase), tuple(known.name for known in Phase), call=call)


def _refuse_unusable_pace(max_lag: object, target_ms: object, batch_size: object) -> None:
    if max_lag is not None:
        _refuse_negative("ec.backfill", "max_lag", max_lag)
    if not (_is_figure(target_ms) and target_ms > 0):
        raise ArgumentError("ec.backfill", "target_ms", target_ms, "a figure above 0")
    if batch_size is not None and not (type(batch_size) is int and batch_size > 0):
        raise ArgumentError("ec.backfill", "batch_size", batch_size, "a whole number, 1 or more")


def _refuse_negative(call: str, argument: str, given: object) -> None:
    if not (_is_figure(given) and given >= 0):
        raise ArgumentError(call, argument, given, "a figure, 0 or more")


def _is_figure(given: object) -> TypeGuard[float]:
    return isinstance(given, int | float) and not isinstance(given, bool)
