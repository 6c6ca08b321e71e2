"""From `pyproject.toml` or `expandcontract.toml` to a Config."""

from pathlib import Path
from typing import Any

from expandcontract.config.dsn import masked
from expandcontract.config.settings import Config, keys
from expandcontract.errors import ExpandContractError

OWN_FILE = "expandcontract.toml"
SHARED_FILE = "pyproject.toml"


class ConfigNotReadError(ExpandContractError):
    """A configuration file is missing, not readable or not TOML."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file} cannot be read: {self.reason}"


class ConfigTwiceError(ExpandContractError):
    """Two files of one folder hold settings, and neither is the obvious one."""

    def __init__(self, own: str, shared: str) -> None:
        super().__init__(own, shared)
        self.own = own
        self.shared = shared

    def __str__(self) -> str:
        return f"{self.own} and [tool.expandcontract] in {self.shared} both hold settings; keep one"


class UnknownKeyError(ExpandContractError):
    """A configuration file sets something that does not exist."""

    def __init__(self, file: str, key: str, known: tuple[str, ...]) -> None:
        super().__init__(file, key, known)
        self.file = file
        self.key = key
        self.known = known

    def __str__(self) -> str:
        import difflib  # noqa: PLC0415  when there is one

        near = difflib.get_close_matches(self.key, self.known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(self.known)}"
        return f"{self.file}: unknown key {self.key!r}; {hint}"


class ConfigValueError(ExpandContractError):
    """A setting has a value that it cannot have."""

    def __init__(self, file: str, key: str, value: str, expected: str) -> None:
        super().__init__(file, key, value, expected)
        self.file = file
        self.key = key
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.file}: {self.key} must be {self.expected}, not {self.value}"


def read(file: Path | None, folder: Path) -> Config:
    """Read the named file, or the nearest one with settings from the folder upwards."""
    found = _named(file) if file is not None else _nearest(folder)
    if found is None:
        return Config()
    path, table = found
    known = keys()
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise UnknownKeyError(str(path), key, tuple(known))
        try:
            values[key] = known[key].read(value, path.parent)
        except ValueError as expected:
            shown = "what it is" if key in {"dsn", "webhooks"} else masked(repr(value))
            raise ConfigValueError(str(path), key, shown, str(expected)) from None
    return Config(**values, source=path)


def _named(file: Path) -> tuple[Path, dict[str, Any]]:
    document = _document(file)
    return file, _table(file, document) or {} if file.name == SHARED_FILE else document


def _nearest(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    try:
        start = folder.resolve()
    except FileNotFoundError:
        raise ConfigNotReadError(str(folder), "this folder was removed; go to another") from None
    for place in (start, *start.parents):
        own, shared = place / OWN_FILE, place / SHARED_FILE
        table = _table(shared, _document(shared)) if _is_there(shared) else None
        if _is_there(own):
            if table is not None:
                raise ConfigTwiceError(str(own), str(shared))
            return own, _document(own)
        if table is not None:
            return shared, table
    return None


def _is_there(file: Path) -> bool:
    """Whether there is such a file; a folder above that nobody may look into has none for us."""
    try:
        return file.is_file()
    except PermissionError:
        return False


def _document(file: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  where there are settings

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigNotReadError(str(file), "there is no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigNotReadError(str(file), str(error)) from error


def _table(file: Path, document: dict[str, Any]) -> dict[str, Any] | None:
    """`[tool.expandcontract]`, or None where the file does not have it."""
    tool = document.get("tool", {})
    table = tool.get("expandcontract") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigValueError(str(file), "tool.expandcontract", repr(table), "a table")
    return table
