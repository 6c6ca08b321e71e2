"""Tries on the server what a plan will need, before anything is begun; leaves nothing behind.

Nor a transaction that failed: who watches an application counts those.
"""

from collections.abc import Iterator

from expandcontract.changes.base import Change
from expandcontract.errors import ChangeRefusedError, ServerRefusedError
from expandcontract.model.plan import Plan
from expandcontract.model.trial import SECONDS, Trial
from expandcontract.postgres.session import Session, undone

SETTINGS = {
    "search_path": "pg_catalog, pg_temp",
    "lock_timeout": "1s",
    "statement_timeout": "60s",
    "row_security": "off",
}
NOT_ALLOWED = frozenset({"42501", "25006", "0A000"})
"""No right to make temporary tables, or a server that only reads: the shape cannot be tried."""

WRONG = "42"
"""The class of what is wrong with a command itself."""


def try_out(session: Session, change: Change, plan: Plan) -> None:
    """Refuse the change with every objection that the server has."""
    if not plan.trials:
        return
    with undone(session, **SETTINGS):
        objections = tuple(_objections(session, plan.trials))
    if objections:
        raise ChangeRefusedError(f"the change {change.name}", objections)


def _objections(session: Session, trials: tuple[Trial, ...]) -> Iterator[str]:
    has_shape = True
    for trial in trials:
        if not (has_shape or trial.is_question):
            continue
        session.run("SAVEPOINT trial")
        try:
            found = _tried(session, trial, has_shape=has_shape)
        except ServerRefusedError as error:
            session.run("ROLLBACK TO SAVEPOINT trial")
            if trial.is_preparation and error.sqlstate in NOT_ALLOWED:
                has_shape = False
                continue
            yield _said(trial, ": ".join(filter(None, (error.message, error.detail))).rstrip("."))
            if trial.is_preparation:
                return
            continue
        if not trial.is_preparation:
            session.run("ROLLBACK TO SAVEPOINT trial")
        if found:
            yield _said(trial, "; ".join(found))


def _tried(session: Session, trial: Trial, *, has_shape: bool) -> list[str]:
    if trial.reads_every_row:
        return _read(session, trial, has_shape=has_shape)
    if not trial.is_question:
        session.run(trial.sql)
        return []
    return [str(row[0]) for row in session.rows(trial.sql)]


def _read(session: Session, trial: Trial, *, has_shape: bool) -> list[str]:
    """No time, no room, and values that cannot be computed, are no answer to what was asked."""
    session.run(f"SET LOCAL statement_timeout = '{SECONDS}s'")
    try:
        return [str(row[0]) for row in session.rows(trial.sql)]
    except ServerRefusedError as error:
        if has_shape and error.sqlstate.startswith(WRONG):
            raise
        return []


def _said(trial: Trial, text: str) -> str:
    return f"{trial.text}: {text}" + (f"; {trial.cure}" if trial.cure else "")
