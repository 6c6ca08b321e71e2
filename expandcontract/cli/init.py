"""`ec init`: settings, the pre-commit entry and the CI step, each shown before it is written."""

import re
import sys
from pathlib import Path

import click

from expandcontract.cli import files, output
from expandcontract.cli.exits import Exit
from expandcontract.cli.init_parts import Part, parts
from expandcontract.cli.options import Common, common

_ACTION = re.compile(r"[\w.-]+(/[\w.-]+)+@[\w./-]+")


@click.command("init")
@click.option("--yes", is_flag=True, help="Write everything without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option(
    "--action", metavar="REPO@REF", help="The GitHub action that the CI step uses; else commands."
)
@common
def init(*, common: Common, yes: bool, dry_run: bool, action: str | None) -> Exit:
    """Set up the settings, a pre-commit hook and a CI step in this folder.

    Each is shown before it is written, and what is there already is left as it is. The CI step
    installs the package with pip and runs its commands; --action names a GitHub action that does,
    such as a fork of this project at a commit that you have read.
    """
    if action is not None and not _ACTION.fullmatch(action):
        message = f"--action {action}: write a repository and what to use of it, owner/name@v1"
        raise click.UsageError(message)
    folder = Path()
    found = parts(folder, action or "")
    wanted = [part for part in found if part.text]
    if not (yes or dry_run) and wanted and not (sys.stdin and sys.stdin.isatty()):
        message = "there is nobody to ask: say --yes, or --dry-run to see what would be written"
        raise click.UsageError(message)
    done = [_offer(part, yes=yes, dry_run=dry_run) if part.text else "left" for part in found]
    if common.json:
        rows = [
            {
                "file": str(part.path),
                "what": part.what,
                "done": state,
                "reason": part.reason or None,
            }
            for part, state in zip(found, done, strict=True)
        ]
        output.say(output.as_json({"parts": rows}))
    else:
        for part in found:
            if not part.text:
                output.say(f"{part.path}: {part.reason}")
    return Exit.DONE


def _offer(part: Part, *, yes: bool, dry_run: bool) -> str:
    """Show a part, and write it if that is wanted."""
    output.note(f"{part.path}: {part.what}\n")
    output.note("".join(f"  + {line}\n" for line in part.text.splitlines()))
    if dry_run:
        return "shown"
    if not yes and not click.confirm(f"Write this to {part.path}?", err=True):
        return "refused"
    try:
        part.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.FileError(str(part.path), error.strerror or str(error)) from None
    files.write(part.path, part.whole.encode("utf-8", "surrogateescape"))
    output.note(f"written: {part.path}")
    return "written"


COMMAND = init
