"""The options that every command has, as one value; and the types that several need."""

import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from expandcontract import config
from expandcontract.cli import logs
from expandcontract.config.environment import is_plain
from expandcontract.model.value import field, value
from expandcontract.pacing.units import EXAMPLES, Unit, figure

Function = Callable[..., Any]


@value(kw_only=True)
class Common:
    """What was given on the command line; files and environment are read when asked for."""

    dsn: str | None = field(default=None, repr=False)
    config_file: Path | None = None
    json: bool = False
    verbosity: int = 0  #: how many -v, less how many -q
    words: tuple[str, ...] = field(default=(), repr=False)  #: all that was given, as it was

    def settings(self) -> config.Config:
        """The project's configuration."""
        return config.read(self.config_file, Path())

    def database(self) -> str:
        """The address of the database for libpq, password and all: to connect, not to print."""
        return config.database(self.dsn, self.settings(), config.environment())


_OPTIONS = (
    click.option(
        "--dsn", metavar="URL", help="The database; else EC_DATABASE_URL, else the settings."
    ),
    click.option(
        "--config",
        "config_file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The settings; else the nearest expandcontract.toml or pyproject.toml.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print JSON, errors included."),
    click.option("-v", "--verbose", count=True, help="Say more; twice, say everything."),
    click.option("-q", "--quiet", count=True, help="Say less."),
    click.option("--no-color", is_flag=True, help="No colours; NO_COLOR does the same."),
    click.option("--traceback", is_flag=True, help="Show where an error came from."),
)


def common(function: Function) -> Function:
    """Give a command the common options, as its keyword argument `common`.

    They may also stand before the command: `ec --json status` is `ec status --json`.
    """

    @functools.wraps(function)
    def with_common(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (whatever the command takes)
        context = click.get_current_context()
        outer = context.obj if isinstance(context.obj, Common) else Common()
        dsn = kwargs.pop("dsn")
        value = Common(
            dsn=outer.dsn if dsn is None else dsn,  # an empty one is refused, not left out
            config_file=kwargs.pop("config_file") or outer.config_file,
            json=kwargs.pop("as_json") or outer.json,
            verbosity=outer.verbosity + kwargs.pop("verbose") - kwargs.pop("quiet"),
            words=outer.words,
        )
        kwargs.pop("traceback")  # `main` looks for it, since an error may come before any command
        if kwargs.pop("no_color") or is_plain(config.environment()):
            context.color = False
        logs.configure(value.verbosity)
        return function(*args, common=value, **kwargs)

    decorated: Function = with_common
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


EMBEDDED = "embedded"
"""The scratch server that is started where none is named."""


def scratch_server(given: str) -> str:
    """The address after `--scratch` as libpq reads it; an empty one would be this machine's."""
    return given if given == EMBEDDED else config.normalized(given, "--scratch")


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on only
    """`5s`, `100ms`, `2min`: seconds as a float."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """A default may already be in seconds."""
        if isinstance(value, float):
            return value
        try:
            return config.seconds(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = Duration()


class Seconds(click.FloatRange):
    """A figure that somebody can wait for: neither infinity nor none at all."""

    def convert(
        self,
        value: Any,  # noqa: ANN401  (click's)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """A range alone lets what is no number through."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return found


class Size(click.ParamType):  # type: ignore[type-arg]  # see Duration
    """`50GB`, `512MB`: bytes as a float."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """A unit has to be there."""
        try:
            return figure(str(value), Unit.BYTES)
        except ValueError:
            self.fail(f"{value!r} is not {EXAMPLES[Unit.BYTES]}", param, ctx)


SIZE = Size()
