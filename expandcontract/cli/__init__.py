"""The command `ec`: one file is one command, found by its name and imported when it runs.

A command is a module of this package with the constant `COMMAND: click.Command`. It parses,
calls and prints; what it returns is the exit code, nothing meaning `Exit.DONE`.
"""

import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from expandcontract.cli.collecting import never_again
from expandcontract.cli.exits import Exit
from expandcontract.cli.failures import report as reported  # a command has the other name
from expandcontract.cli.group import Commands
from expandcontract.cli.options import Common, common
from expandcontract.cli.streams import ReaderGoneError, let_go, take_every_letter

__all__ = ["Common", "Exit", "common", "ec", "main"]


@click.group(
    cls=Commands,
    package=__name__,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="expandcontract", message="expandcontract %(version)s")
@common
def ec(common: Common) -> None:
    """Change a live PostgreSQL schema: expand, backfill, switch, contract."""
    context = click.get_current_context()
    context.obj = common
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `ec` and end the process with one of the codes in `Exit`."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    signal.signal(signal.SIGTERM, _stop)
    take_every_letter()
    try:
        code = ec.main(words, prog_name="ec", standalone_mode=False, obj=Common(words=tuple(words)))
    except ReaderGoneError:
        code = Exit.STOPPED
    except Exception as error:  # noqa: BLE001  (the last place that can say it in words)
        code = reported(error, words)
    except KeyboardInterrupt as stop:
        code = reported(stop, words)
    let_go()
    never_again()
    sys.exit(code or Exit.DONE)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM is Ctrl-C: what the next safe point is, the command knows."""
    raise KeyboardInterrupt
