"""Phases that an upgrade carries out are marked on dashboards as those of `ec` are."""

from pathlib import Path
from weakref import WeakKeyDictionary, finalize

from alembic.runtime.migration import MigrationContext

from expandcontract import config
from expandcontract.config.webhooks import VARIABLE
from expandcontract.engine.events import Event, Tell
from expandcontract.engine.marks import DATABASE, Marks
from expandcontract.errors import ExpandContractError
from expandcontract.ops.telling import Telling, log
from expandcontract.postgres.session import Session

_MARKS: WeakKeyDictionary[MigrationContext, Marks | None] = WeakKeyDictionary()
"""One thread for a run, whose phases come in order; it ends with the context, or the process."""


def marked(context: MigrationContext, session: Session, tell: Tell) -> Tell:
    """Who is told, and the webhooks too. What is wrong with them stops no upgrade."""
    if context not in _MARKS:
        _MARKS[context] = _begun(context, session)
    marks = _MARKS[context]
    if marks is None:
        return tell

    def both(event: Event) -> None:
        tell(event)
        marks(event)

    return both


def _begun(context: MigrationContext, session: Session) -> Marks | None:
    try:
        hooks = _webhooks()
    except ExpandContractError as error:
        log.warning("phases of this upgrade are not marked: %s", error)
        return None
    if not hooks:
        return None
    marks = Marks(hooks, str(session.rows(DATABASE)[0][0]), Telling())
    finalize(context, marks.close)
    return marks


def _webhooks() -> tuple[config.Webhook, ...]:
    variables = config.environment()
    settings = config.Config() if VARIABLE in variables else config.read(None, Path())
    return config.webhooks(settings.webhooks, variables, f"webhooks of {settings.source}")
