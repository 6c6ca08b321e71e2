"""`ec snapshot`: which tables and columns a release maps, for `ec lint --release-file`."""

import json
from pathlib import Path

import click

from expandcontract.cli import files, output
from expandcontract.cli.options import Common, common


@click.command("snapshot")
@click.argument("place", metavar="MODULE:ATTRIBUTE")
@click.option(
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file, else print it.",
)
@common
def snapshot(*, common: Common, place: str, target: Path | None) -> None:
    """Write what the SQLAlchemy metadata of a release maps.

    MODULE:ATTRIBUTE is a MetaData or a declarative base, such as app.models:Base. Run it when a
    release is built and keep the file: `ec lint --release-file` then knows what the running code
    uses.
    """
    from expandcontract.cli import snapshot_metadata  # noqa: PLC0415  imports SQLAlchemy

    text = snapshot_metadata.release(snapshot_metadata.metadata_at(place)).document()
    if target is None:
        output.say(output.as_json(json.loads(text)) if common.json else text.rstrip("\n"))
        return
    files.write(target, text)
    if common.json:
        output.say(output.as_json({"file": str(target)}))


COMMAND = snapshot
