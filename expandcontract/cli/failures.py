"""One form for everything that can go wrong, as text or as JSON, and its exit code."""

import errno
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from expandcontract import config
from expandcontract.cli import output
from expandcontract.cli.exits import Exit
from expandcontract.config.environment import TRACEBACK, is_on, is_plain
from expandcontract.errors import DatabaseError, ExpandContractError, StoppedError
from expandcontract.model.value import field, value


@value(kw_only=True)
class Failure:
    """An error as it is told: what kind, in words, with which exit code."""

    kind: str
    message: str
    exit_code: int
    facts: dict[str, Any] = field(default_factory=dict)


def report(error: BaseException, words: Sequence[str]) -> int:
    """Tell the error on standard error, so that standard output stays a report; its exit code."""
    import json  # noqa: PLC0415  when something failed
    import traceback  # noqa: PLC0415

    failure, variables = told(error, words), config.environment()
    flags = set(words[: words.index("--")] if "--" in words else words)
    lines = []
    if "--traceback" in flags or is_on(variables, TRACEBACK):
        lines.append(config.masked("".join(traceback.format_exception(error))))
    if "--json" in flags:
        lines.append(json.dumps({"error": output.plain(failure)}, ensure_ascii=False))
    else:
        label = "stopped" if failure.exit_code == Exit.STOPPED else "error"
        lines.append(f"{click.style(label, fg='red', bold=True)}: {failure.message}")
    colours = False if "--no-color" in flags or is_plain(variables) else None
    with suppress(BrokenPipeError):  # nobody reads it; the exit code still says it
        click.echo("\n".join(lines), err=True, color=colours)
    return failure.exit_code


def _what_began(error: BaseException) -> BaseException:
    """An interruption is told, and not what became of the connection that it found waiting."""
    found: BaseException | None = error
    while isinstance(error, DatabaseError) and found is not None:
        if isinstance(found, KeyboardInterrupt):
            return found
        found = found.__context__
    return error


def told(error: BaseException, words: Sequence[str]) -> Failure:
    """The error in words, without passwords."""
    import shlex  # noqa: PLC0415  when something failed

    error = _what_began(error)
    again = config.masked(shlex.join(["ec", *words]))
    kind = type(error).__name__
    facts: dict[str, Any] = {}
    match error:
        case StoppedError():
            facts, code = vars(error), int(error.exit_code)
            message = f"{error.what} stopped on request; to go on: {again}"
        case ExpandContractError():
            facts = vars(error)
            message, code = str(error), int(error.exit_code)
        case click.Abort() | KeyboardInterrupt():
            kind, code = "Stopped", Exit.STOPPED
            message = f"on request, nothing is half done; to go on: {again}"
        case click.UsageError():
            code = Exit.USAGE
            where = "" if error.ctx is None else f" (see {error.ctx.command_path} --help)"
            message = error.format_message() + where
        case click.ClickException():
            message, code = error.format_message(), Exit.USAGE
        case OSError() | UnicodeEncodeError() if (said := _of_surroundings(error)) is not None:
            message, code = f"{said}; to go on: {again}", Exit.USAGE
        case _ if (refused := _refused(error)) is not None:
            message, code = f"{refused}\nto try again and go on: {again}", Exit.DATABASE
            facts = {"sqlstate": getattr(error, "sqlstate", None)}
        case _:
            code = Exit.BUG
            message = (
                f"a mistake in expandcontract, please report it: {kind}: {error}\n"
                f"CONTRIBUTING.md says how; this prints what helps: {again} --traceback"
            )
    return Failure(
        kind=kind,
        message=config.masked(message),
        exit_code=code,
        facts={name: _shown(value) for name, value in facts.items()},
    )


def _of_surroundings(error: OSError | UnicodeEncodeError) -> str | None:
    """What is wrong around the command, where that is neither its mistake nor the database's."""
    match error:
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EIO):
            return f"the output cannot be written: {error.strerror}"
        case UnicodeEncodeError(object=str(text)):
            return f"{text.encode(errors='backslashreplace').decode()!r} is no text in UTF-8"
        case _:
            return None


def _shown(value: object) -> Any:  # noqa: ANN401  (any JSON value)
    match output.plain(value):
        case str(text):
            return config.masked(text)
        case list(items):
            return [_shown(item) for item in items]
        case dict(items):
            return {name: _shown(item) for name, item in items.items()}
        case other:
            return other


def _refused(error: BaseException) -> str | None:
    """What the database said, where the error came from it; drivers not imported said nothing."""
    if (wrapper := sys.modules.get("sqlalchemy.exc")) and isinstance(error, wrapper.DBAPIError):
        error = error.orig or error
    driver = sys.modules.get("psycopg")
    if driver is None or not isinstance(error, driver.Error):
        return None
    if error.sqlstate is None:  # without one it is a lost connection, or misuse by this package
        lost = isinstance(error, driver.OperationalError)
        return f"the database was not reached or was lost: {_joined(str(error))}" if lost else None
    parts = [error.diag.message_primary, error.diag.message_detail, error.diag.message_hint]
    said = "; ".join(part for part in parts if part) or _joined(str(error))
    return f"the database refused: {said} (SQLSTATE {error.sqlstate})"


def _joined(text: str) -> str:
    return " ".join(text.split())
