"""The same command once more, in the background, without a terminal."""

import subprocess
import sys
from pathlib import Path

import click

from expandcontract import config
from expandcontract.cli import output
from expandcontract.cli.options import Common
from expandcontract.config.environment import DSN
from expandcontract.model.names import slug


def detach(common: Common, name: str) -> None:
    """Start it in a session of its own, and say where it writes and how to steer it."""
    words = [word for word in common.words if word != "--detach"]
    log = Path(f"ec-{slug(name).strip('.')}.log").absolute()
    try:
        file = log.open("ab")
    except OSError as error:
        raise click.FileError(str(log), error.strerror or str(error)) from None
    with file:
        begun = subprocess.Popen(
            [sys.executable, "-m", "expandcontract", *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            # Whatever gave it to us: the next one must not depend on how.
            env={**config.environment(), DSN: common.database()},
        )
    if common.json:
        output.say(output.as_json({"name": name, "pid": begun.pid, "log": str(log)}))
        return
    output.say(f"{output.strong(name)} goes on in the background, as process {begun.pid}")
    output.say(f"log: {click.format_filename(log)}")
    output.say(f"look: ec status {name}; hold: ec pause {name}; end: ec cancel {name}")
