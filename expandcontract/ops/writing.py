"""Writes the revision files of one change, as autogenerate would: a file for each phase."""

from collections.abc import Iterable
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError, rev_id

from expandcontract.changes.base import Change
from expandcontract.changes.document import to_python
from expandcontract.model.phase import Phase
from expandcontract.ops.capture import PlannedPhase, planned
from expandcontract.ops.errors import (
    AlreadyWrittenError,
    ProjectNotReadError,
    RevisionNotReadError,
)
from expandcontract.ops.operations import BY_MEANING
from expandcontract.ops.reading.directory import opened
from expandcontract.ops.rendering import IMPORT

MARKS: dict[str, tuple[Phase, ...]] = {
    "expand": (Phase.EXPAND,),
    "switch": (Phase.BACKFILL, Phase.SWITCH),
    "contract": (Phase.CONTRACT,),
}


def write(config: Config, change: Change, phases: Iterable[Phase], message: str) -> list[Path]:
    """Write the files after the one head of the history; the paths, in order."""
    wanted = set(phases)
    if there := dict.fromkeys(
        one.path for one in _written(config) if one.change.name == change.name
    ):
        raise AlreadyWrittenError(change.name, tuple(there))
    try:
        directory = opened(config)
        directory.messaging_opts = {"quiet": True}
        head = _head(directory)
        marked = {
            mark: [phase for phase in several if phase in wanted] for mark, several in MARKS.items()
        }
        return _files(directory, config, change, marked, message, head)
    except CommandError as error:
        raise ProjectNotReadError(str(config.config_file_name), str(error)) from error


def _head(directory: ScriptDirectory) -> str:
    heads = directory.get_heads()
    if len(heads) > 1:
        reason = f"its history has several heads ({', '.join(heads)}); run alembic merge first"
        raise ProjectNotReadError(str(directory.dir), reason)
    return heads[0] if heads else "base"


def _files(  # one history
    directory: ScriptDirectory,
    config: Config,
    change: Change,
    phases: dict[str, list[Phase]],
    message: str,
    head: str,
) -> list[Path]:
    """All of them or none: half of them would be in the way of the next try."""
    made: list[Path] = []
    try:
        for mark, here in phases.items():
            if here:
                path, head = _file(directory, config, change, here, f"{message} {mark}", head)
                made.append(path)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise
    return made


def _written(config: Config) -> list[PlannedPhase]:
    """What the revisions do that are there, as far as it can be told without a database."""
    try:
        return planned(config)
    except RevisionNotReadError:
        return []


def _file(  # one revision and all that is in it
    directory: ScriptDirectory,
    config: Config,
    change: Change,
    phases: list[Phase],
    message: str,
    head: str,
) -> tuple[Path, str]:
    def body(order: Iterable[Phase], *, reverts: bool) -> str:
        names = (BY_MEANING[phase, reverts].name for phase in order)
        return "\n    ".join(f"op.{name}(CHANGE)" for name in names)

    script = directory.generate_revision(
        rev_id(),
        message,
        head=head,
        refresh=True,
        config=config,
        imports=_top(change, message.rpartition(" ")[2]),
        upgrades=body(phases, reverts=False),
        downgrades=body(reversed(phases), reverts=True),
    )
    if script is None:
        raise ProjectNotReadError(str(directory.dir), "Alembic wrote no revision")
    return Path(script.path), script.revision


def _top(change: Change, mark: str) -> str:
    text = to_python(change)
    date = "import datetime\n\n" if "datetime." in text else ""
    return f'{date}{IMPORT}\n\nec_phase = "{mark}"\n\nCHANGE = {text}'
