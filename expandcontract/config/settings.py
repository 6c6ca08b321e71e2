"""Every setting: its key, how it is read, its default and what it is for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from expandcontract.config.durations import seconds
from expandcontract.model.value import field, value

_ALEMBIC = re.compile(r"^\s*\[\s*tool\s*\.\s*alembic\s*\]", re.MULTILINE)

SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 0.001, 24 * 86_400.0

Reader = Callable[[object, Path], object]
"""Turns what TOML gave into the setting's value; a ValueError says what was expected."""


@value
class Key:
    """What the file may hold under a key, and the line about it in the reference."""

    read: Reader
    meaning: str


def _text(value: object, _folder: Path) -> str:
    if isinstance(value, str) and value.strip():
        return value
    message = "a text"
    raise ValueError(message)


def _texts(value: object, folder: Path) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(item, folder) for item in value)
    message = 'a list of texts, such as ["a", "b"]'
    raise ValueError(message)


def _named_texts(value: object, folder: Path) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): _text(item, folder) for name, item in value.items()}
    message = 'a table of texts, such as { slot_retention = "50GB" }'
    raise ValueError(message)


def _watches(value: object, folder: Path) -> dict[str, Any]:
    """Each a table with `ask`, and `max` or `min`; a Vital by its name."""
    from expandcontract.pacing.vitals import Vital, address  # noqa: PLC0415  where there are some

    message = 'a table such as { errors = { ask = "SELECT …", max = 0.01 } }'
    tables = value.values() if isinstance(value, dict) else [value]
    if not all(isinstance(one, dict) and one.keys() <= {"ask", "max", "min"} for one in tables):
        raise ValueError(message)
    found: dict[str, Vital] = {}
    for name, given in value.items() if isinstance(value, dict) else ():
        limits = [given[key] for key in ("max", "min") if key in given]
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in limits):
            raise ValueError(f"{message}, with figures for limits")
        ask = address(name, _text(given.get("ask"), folder))
        found[name] = Vital(name=name, ask=ask, most=given.get("max"), least=given.get("min"))
    return found


def _path(value: object, folder: Path) -> Path:
    if isinstance(value, str) and value.strip():
        return folder / Path(value).expanduser()
    message = "a path, relative to the file that names it"
    raise ValueError(message)


def _duration(value: object, _folder: Path) -> float:
    try:
        return seconds(str(value))
    except ValueError:
        message = 'a duration with its unit, such as "100ms" or "5s"'
        raise ValueError(message) from None


def _lock_timeout(value: object, folder: Path) -> float:
    """Less than a millisecond is 0 to PostgreSQL, which then waits for ever."""
    found = _duration(value, folder)
    if not SHORTEST_TIMEOUT <= found <= LONGEST_TIMEOUT:
        message = "from 1ms to 24d: it is what bounds the queue behind a statement"
        raise ValueError(message)
    return found


def _whole(value: object, _folder: Path) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    message = "a whole number, 1 or more"
    raise ValueError(message)


def _one_of(*words: str) -> Reader:
    def reader(value: object, _folder: Path) -> str:
        if isinstance(value, str) and value in words:
            return value
        message = "one of " + ", ".join(f'"{word}"' for word in words)
        raise ValueError(message)

    return reader


@value(kw_only=True)
class Config:
    """The settings of one project; what no file says has the default that stands here."""

    dsn: Annotated[
        str | None,
        Key(
            _text,
            "The database, as libpq or SQLAlchemy writes it. `--dsn` and `EC_DATABASE_URL` come "
            "first; without any, `sqlalchemy.url` of the Alembic file is asked.",
        ),
    ] = field(default=None, repr=False)
    alembic_config: Annotated[
        Path | None,
        Key(
            _path,
            "The Alembic file; without it `alembic.ini` beside this file, else a `pyproject.toml` "
            "with `[tool.alembic]`, else `migrations/alembic.ini`.",
        ),
    ] = None
    pg_version: Annotated[
        int | None, Key(_whole, "The oldest PostgreSQL major that the revisions will run on.")
    ] = None
    dialect: Annotated[
        str, Key(_one_of("postgres", "mysql", "mariadb"), "The SQL dialect that is linted.")
    ] = "postgres"
    select: Annotated[
        tuple[str, ...], Key(_texts, "Rules to check, by id or name; empty means all.")
    ] = ()
    ignore: Annotated[tuple[str, ...], Key(_texts, "Rules not to check, by id or name.")] = ()
    fail_on: Annotated[
        str,
        Key(_one_of("error", "warning", "never"), "The severity from which `ec lint` fails."),
    ] = "error"
    baseline: Annotated[
        Path | None, Key(_path, "A file of known findings that do not fail the build.")
    ] = None
    lock_timeout: Annotated[
        float,
        Key(
            _lock_timeout, "How long a statement waits for a lock before it steps back and retries."
        ),
    ] = 0.1
    retry_budget: Annotated[
        float | None, Key(_duration, "How long those retries may go on in all.")
    ] = None
    max_lag: Annotated[float, Key(_duration, "The standby lag at which a backfill holds.")] = 5.0
    target_ms: Annotated[
        int, Key(_whole, "How many milliseconds one chunk of a backfill should take.")
    ] = 100
    workers: Annotated[int, Key(_whole, "Connections that a backfill writes on.")] = 1
    standbys: Annotated[
        tuple[str, ...],
        Key(
            _texts,
            "Standbys that must be there, by application_name or by DSN; a missing one holds.",
        ),
    ] = ()
    limits: Annotated[
        dict[str, str],
        Key(_named_texts, "Limits of throttle signals, each with its unit, or `off`."),
    ] = field(default_factory=dict)
    signals: Annotated[
        dict[str, str],
        Key(_named_texts, "Signals of your own: a name and its query or address; limited above."),
    ] = field(default_factory=dict)
    watches: Annotated[
        dict[str, Any],
        Key(
            _watches,
            "What `ec switch --watch NAME` watches: for each name a table with `ask` (a query, an "
            "address, or `prometheus:URL PROMQL`), and `max` or `min`.",
        ),
    ] = field(default_factory=dict)
    webhooks: Annotated[
        tuple[str, ...],
        Key(
            _texts,
            "Who is told when reads move and phases end: `https://…` gets JSON, "
            "`grafana:https://:TOKEN@host` an annotation. `EC_WEBHOOKS` comes first.",
        ),
    ] = field(default=(), repr=False)
    release_file: Annotated[
        Path | None, Key(_path, "What the running release maps, as `ec snapshot` writes it.")
    ] = None
    source: Path | None = None  #: the file it was read from; not a key

    @property
    def folder(self) -> Path:
        """What relative paths are relative to."""
        return Path() if self.source is None else self.source.parent

    @property
    def alembic_ini(self) -> Path:
        """The Alembic configuration file, whether it exists or not.

        Without a setting it is `alembic.ini`, a `pyproject.toml` with `[tool.alembic]`, or what
        Flask-Migrate has in its folder.
        """
        if self.alembic_config is not None:
            return self.alembic_config
        ini, shared = self.folder / "alembic.ini", self.folder / "pyproject.toml"
        flask = self.folder / "migrations" / "alembic.ini"
        if ini.is_file():
            return ini
        if shared.is_file() and _ALEMBIC.search(shared.read_text("utf-8", errors="replace")):
            return shared
        return flask if flask.with_name("env.py").is_file() and flask.is_file() else ini


def keys() -> dict[str, Key]:
    """Every key by name, in the order of the class."""
    hints: dict[str, Any] = get_type_hints(Config, include_extras=True)
    return {
        name: part
        for name, hint in hints.items()
        for part in getattr(hint, "__metadata__", ())
        if isinstance(part, Key)
    }
