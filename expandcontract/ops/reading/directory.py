"""The revisions of a project, opened so that a file that cannot be imported is named."""

from alembic.config import Config
from alembic.script.base import ScriptDirectory
from alembic.util import CommandError

from expandcontract.ops.errors import ProjectNotReadError
from expandcontract.ops.reading.files import files


def opened(config: Config) -> ScriptDirectory:
    """The project's revisions, every one of them imported.

    What else is wrong with them, such as a circle, Alembic says where they are walked.
    """
    project = config.config_file_name or ""
    try:
        script = ScriptDirectory.from_config(config)
    except CommandError as error:
        raise ProjectNotReadError(project, str(error)) from error
    try:
        script.get_revisions("heads")
    except (Exception, SystemExit) as error:
        broken = [one for one in files(script) if one.module is None]
        if broken:
            one = broken[0]
            fault = one.faults[0]
            reason = f"{one.path}:{fault.line}: {fault.reason}"
            raise ProjectNotReadError(project, reason) from error
        if not isinstance(error, CommandError):
            raise
        raise ProjectNotReadError(project, str(error)) from error
    return script
