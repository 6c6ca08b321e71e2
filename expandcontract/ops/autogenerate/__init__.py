"""`alembic revision --autogenerate` writes phases: an ordinary difference becomes our changes.

The comparator hangs `phases` behind whatever hook env.py has for generated revisions, since only
such a hook can make several files of one. `alembic check` sees the ordinary difference.
"""

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

HOOK = "process_revision_directives"


def install(context: "AutogenContext") -> None:
    """Let the revision that is being generated be written in phases."""
    migration = context.migration_context
    if migration.dialect.name != "postgresql" or _is_only_asked():
        return
    # Not in every project.
    from expandcontract.errors import ExpandContractError  # noqa: PLC0415
    from expandcontract.ops.errors import RevisionStoppedError  # noqa: PLC0415
    from expandcontract.ops.options import options_of  # noqa: PLC0415

    try:
        options = options_of(migration)
    except ExpandContractError as error:
        raise RevisionStoppedError(error) from error
    if not options.autogenerate:
        return
    theirs = migration.opts.get(HOOK)

    def ours(migration_context: Any, revision: Any, directives: list[Any]) -> None:  # noqa: ANN401
        from expandcontract.ops.autogenerate.scripts import phases  # noqa: PLC0415

        if theirs is not None:
            theirs(migration_context, revision, directives)
        phases(context, options, directives)

    migration.opts[HOOK] = ours


def _is_only_asked() -> bool:
    """Whether this is `alembic check`, which Alembic tells nobody."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001  # the documented way to the stack
    while frame is not None:
        is_alembic = frame.f_globals.get("__name__") == "alembic.command"
        if is_alembic and frame.f_code.co_name == "check":
            return True
        frame = frame.f_back
    return False
