"""What earlier runs found, by content: a text that did not change is not judged again.

The key of an outcome is made of the texts, the options and the linter's own source, so that
nothing has to be thrown away when one of them changes. One SQLite file serves all projects of a
user and may be deleted at any time. A cache that cannot be used never fails a run: then every
text is judged.
"""

import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import expandcontract
from expandcontract.lint.options import Options, Source
from expandcontract.model.value import names_of

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL, which takes as long as judging a file
except ImportError:
    from hashlib import blake2b

_TABLE = """
    CREATE TABLE IF NOT EXISTS outcome (key BLOB PRIMARY KEY, content BLOB, day TEXT) WITHOUT ROWID
"""
_ANY = "SELECT 1 FROM outcome LIMIT 1"
_READ = "SELECT key, content FROM outcome WHERE key IN ({})"
_WRITE = "INSERT OR REPLACE INTO outcome VALUES (?, ?, ?)"
_TOUCH = "UPDATE outcome SET day = ? WHERE day < ? AND key IN ({})"
_FORGET = "DELETE FROM outcome WHERE day < date(?, '-30 days')"
_AT_ONCE = 500  #: parameters of a statement, which old releases of SQLite limit to 999
_PATIENCE = 0.5  #: seconds to wait for another run that writes
_JUDGES = ("lint", "model")  #: packages on whose source the findings depend


class Cache:
    """The outcomes of texts by key; one that is closed or broken knows nothing."""

    def __init__(self, file: Path | None, day: str) -> None:
        self._file = file
        self._day = day
        self._connection: sqlite3.Connection | None = None
        self.knows_any = False  #: it was not empty: whoever has no key yet may not need one
        if file is not None:
            self._open(file)

    def _open(self, file: Path) -> None:
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, timeout=_PATIENCE)
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute(_TABLE)
            self.knows_any = bool(self._connection.execute(_ANY).fetchall())
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    @property
    def open(self) -> bool:
        """Whether it is of any use."""
        return self._connection is not None

    def read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """What is known of these keys."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            found.update(self._rows(_READ.format(_marks(some)), some))
        return found

    def write(self, outcomes: Mapping[bytes, bytes], used: Sequence[bytes]) -> None:
        """Keep new outcomes, note which old ones were of use, forget what nobody asks for."""
        if self._connection is None:
            return
        try:
            with self._connection as transaction:
                rows = [(key, content, self._day) for key, content in outcomes.items()]
                if rows:
                    transaction.executemany(_WRITE, rows)
                    transaction.execute(_FORGET, (self._day,))
                for start in range(0, len(used), _AT_ONCE):
                    some = used[start : start + _AT_ONCE]
                    transaction.execute(_TOUCH.format(_marks(some)), (self._day, self._day, *some))
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self, query: str, keys: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, keys).fetchall()
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
            return []

    def _give_up(self, error: Exception) -> None:
        """Go on without; a file that is damaged is removed, so that the next run has a new one."""
        self.close()
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        )
        if damaged and self._file is not None:
            try:
                self._file.unlink(missing_ok=True)
            except OSError:
                return


def _marks(keys: Sequence[bytes]) -> str:
    return ", ".join("?" * len(keys))


def place(variables: Mapping[str, str]) -> Path | None:
    """Where this platform keeps caches; nothing where there is no home."""
    if told := variables.get("XDG_CACHE_HOME"):
        folder = Path(told)
    elif sys.platform == "win32":
        folder = Path(variables.get("LOCALAPPDATA") or "~/AppData/Local")
    else:
        folder = Path("~/Library/Caches" if sys.platform == "darwin" else "~/.cache")
    try:
        return folder.expanduser() / "expandcontract" / "lint.sqlite"
    except RuntimeError:
        return None


def key(sources: Sequence[Source], options: Options) -> bytes:
    """What stands for texts that are judged together, in this order and in this way."""
    digest = blake2b(_way(options), digest_size=20)
    dated = False
    for source in sources:
        content = source.text.encode(errors="surrogatepass")
        about = (source.revision, source.rendered, source.judged, source.aside)
        digest.update(f"\x00{len(content)} {about}\x00".encode(errors="surrogatepass"))
        digest.update(content)
        dated = dated or b"until" in content  # an ignore that may have expired
    if dated:
        digest.update(str(options.today).encode())
    return digest.digest()


@cache
def _way(options: Options) -> bytes:
    told = [getattr(options, name) for name in names_of(options) if name != "today"]
    return _linter() + repr(told).encode(errors="surrogatepass")


@cache
def _linter() -> bytes:
    """What stands for the linter itself: its source, since that may change within a version."""
    home = os.path.dirname(expandcontract.__file__)  # noqa: PTH120  pathlib takes twice the time
    digest = blake2b(repr(sys.version_info[:2]).encode(), digest_size=20)
    for package in _JUDGES:
        for folder, folders, names in os.walk(os.path.join(home, package)):  # noqa: PTH118
            folders.sort()
            for name in sorted(names):
                if name.endswith(".py"):
                    digest.update(f"\x00{folder}/{name}\x00".encode(errors="surrogatepass"))
                    with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123
                        digest.update(file.read())
    return digest.digest()
