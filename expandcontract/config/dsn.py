"""Where the database is: found in four places, spelled for libpq, printed without its password."""

import re
from collections.abc import Iterator, Mapping

from expandcontract.config.environment import DSN
from expandcontract.config.settings import Config
from expandcontract.errors import ExpandContractError

_URL = r"(?P<dialect>[A-Za-z0-9]+)(?P<driver>\+\w+)?://(?P<rest>[^?]*)(?:\?(?P<query>.*))?"
_PAIR = r"(?s)\s*\w+\s*=\s*(?:'(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)(?:\s|$)"
_HOST = r"(?:\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>\d{0,5}))?"
"""Compiled when one is asked for: every command imports this, and few read an address."""
_LAST_PORT = 65535
_ENCODE = (
    "it does not read as user:password@host:port/dbname; in a user or a password write "
    "@ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25"
)
_TEMPLATE = "driver://user:pass@localhost/dbname"  # what `alembic init` writes

_IN_AUTHORITY = r"(:/{0,3}[^\s:/@]*:)\S*@"
_IN_PAIR = (
    r"(?i)((?:\w*password|passphrase|passwd|pwd|\w*secret)\s*=\s*)"
    r"('(?:[^'\\]|\\.)*'|(?:\\.|[^\s\\])+)"
)

_SSL_OF_ASYNCPG = {"true": "require", "false": "disable"}
_ONLY_SQLALCHEMY = {
    "async_fallback",
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
}


class DsnMissingError(ExpandContractError):
    """A command needs a database, and no place names one."""

    def __init__(self, alembic_ini: str) -> None:
        super().__init__(alembic_ini)
        self.alembic_ini = alembic_ini

    def __str__(self) -> str:
        return (
            "no database is named: give --dsn postgresql://user@host/dbname, or set "
            f"{DSN}, or dsn in [tool.expandcontract], or sqlalchemy.url in {self.alembic_ini} "
            "(a URL that env.py makes itself cannot be seen from here)"
        )


class DsnNotReadError(ExpandContractError):
    """A text is not the address of a PostgreSQL database; the text itself is not shown."""

    def __init__(self, origin: str, reason: str) -> None:
        super().__init__(origin, reason)
        self.origin = origin
        self.reason = reason

    def __str__(self) -> str:
        return f"the database in {self.origin} is not usable: {self.reason}"


def masked(text: str) -> str:
    """The text without the passwords in it, be it an address or a message that quotes one.

    >>> masked("postgresql://app:s3cret@db:5432/shop?sslpassword=x")
    'postgresql://app:***@db:5432/shop?sslpassword=***'
    >>> masked("host=db password='a b' user=app")
    'host=db password=*** user=app'
    """
    return re.sub(_IN_PAIR, r"\1***", re.sub(_IN_AUTHORITY, r"\1***@", text))


def normalized(text: str, origin: str) -> str:
    """The address as libpq reads it; SQLAlchemy's `+driver` and its parameters are translated.

    >>> normalized("postgresql+asyncpg://app@db/shop?ssl=require", "--dsn")
    'postgresql://app@db/shop?sslmode=require'
    """
    text = text.strip()
    if (match := re.fullmatch(_URL, text)) is None:
        return _pairs(text, origin)
    if match["dialect"] not in {"postgresql", "postgres"}:
        raise DsnNotReadError(origin, f"it names {match['dialect']}, not postgresql")
    if not _is_whole(match["rest"], match["query"] or ""):
        raise DsnNotReadError(origin, _ENCODE)
    from urllib.parse import quote, urlencode  # noqa: PLC0415  for a database alone

    query = urlencode(list(_parameters(match["query"] or "")), quote_via=quote, safe="/,:")
    return f"postgresql://{match['rest']}" + (f"?{query}" if query else "")


def database(option: str | None, config: Config, environ: Mapping[str, str]) -> str:
    """The address that comes first: the option, the environment, the settings, Alembic's file."""
    if option is not None and not option.strip():  # an unset variable of a script
        raise DsnNotReadError("--dsn", "it is empty")
    for text, origin in (
        (option, "--dsn"),
        (environ.get(DSN), DSN),
        (config.dsn, f"dsn in {config.source}"),
        (_of_alembic(config), f"sqlalchemy.url in {config.alembic_ini}"),
    ):
        if text:
            return normalized(text, origin)
    raise DsnMissingError(str(config.alembic_ini))


def _is_whole(rest: str, query: str) -> bool:
    """Whether the address falls into its parts; else a driver's error would quote a password."""
    authority, _, name = rest.partition("/")
    *user, servers = authority.split("@")
    if len(user) > 1 or "@" in name or any("@" in part.split("=")[0] for part in query.split("&")):
        return False
    hosts = [re.fullmatch(_HOST, server) for server in servers.split(",")]
    return all(host and 0 < int(host["port"] or 1) <= _LAST_PORT for host in hosts)


def _pairs(text: str, origin: str) -> str:
    at = 0
    while match := re.compile(_PAIR).match(text, at):
        at = match.end()
        if at == len(text):
            return text
    raise DsnNotReadError(
        origin, "write postgresql://user@host:5432/dbname or host=… dbname=…, values quoted with '"
    )


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    """SQLAlchemy repeats `host=name:port` for each host; libpq wants lists."""
    from urllib.parse import parse_qsl  # noqa: PLC0415  for a database alone

    hosts: list[str] = []
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name == "host":
            hosts.append(value)
        elif name == "ssl":
            yield "sslmode", _SSL_OF_ASYNCPG.get(value.lower(), value)
        elif name not in _ONLY_SQLALCHEMY:
            yield name, value
    if len(hosts) > 1:
        pairs = [host.rpartition(":") if ":" in host else (host, "", "") for host in hosts]
        yield "host", ",".join(name for name, _, _ in pairs)
        yield "port", ",".join(port for _, _, port in pairs)
    elif hosts:
        yield "host", hosts[0]


def _of_alembic(config: Config) -> str | None:
    """`sqlalchemy.url` of Alembic's file, unless it is the template's or env.py overrides it."""
    file = config.alembic_ini
    if config.alembic_config is None and not file.is_file():
        return None
    import configparser  # noqa: PLC0415  where there is such a file

    parser = configparser.ConfigParser({"here": str(file.parent.resolve())})
    try:
        parser.read_string(file.read_text(encoding="utf-8"), source=str(file))
        url = parser.get("alembic", "sqlalchemy.url", fallback=None)
    except configparser.InterpolationError:  # its text quotes the value, password and all
        reason = "sqlalchemy.url: write each % of the value as %%"
        raise DsnNotReadError(str(file), reason) from None
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise DsnNotReadError(str(file), masked(str(error))) from None
    return None if url == _TEMPLATE else url
