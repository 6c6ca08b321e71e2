"""A file is what it was, or all of what it is to be: never half of it."""

import os
import tempfile
from pathlib import Path

import click


def write(path: Path, content: bytes | str) -> None:
    """Put this in the place of what is there; a full disk leaves that as it was."""
    if isinstance(content, str):
        content = content.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():  # a pipe, a terminal: there is nothing to keep
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or str(error)) from None


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside it, which takes its place once it is whole."""
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    except PermissionError:  # the file may be ours where its folder is not
        path.write_bytes(content)
        return
    fresh = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        _liken(fresh, path)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _liken(fresh: Path, path: Path) -> None:
    """Who owns a file, and who may read it, stays; root may write what is somebody else's."""
    if not path.exists():
        fresh.chmod(0o666 & ~_mask())
        return
    there = path.stat()
    fresh.chmod(there.st_mode & 0o7777)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.chown(fresh, there.st_uid, there.st_gid)


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
