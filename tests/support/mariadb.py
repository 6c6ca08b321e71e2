"""A MariaDB server of our own, where one is installed: the oracle for `--dialect mariadb`."""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb")
PATIENCE_S = 60.0
_ERROR = re.compile(r"ERROR (\d+)[^:]*: (.*)")
_SBIN = "/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: an error number or none, its text, and rows."""

    code: int | None
    text: str
    rows: list[list[str]]


class MariaDB:
    """One server in a folder; close it in the end."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "s"
        data = folder / "data"
        user = ["--user=root"] if os.geteuid() == 0 else []
        install = [
            _program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", *user,
            "--auth-root-authentication-method=normal", "--skip-test-db",
        ]  # fmt: skip
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        self._server = subprocess.Popen(
            [
                _program("mariadbd"), "--no-defaults", f"--datadir={data}", *user,
                f"--socket={self._socket}", f"--pid-file={folder / 'pid'}", "--skip-networking",
                f"--log-error={folder / 'log'}", "--innodb-buffer-pool-size=32M",
                "--innodb-flush-log-at-trx-commit=0", "--character-set-server=utf8mb4",
            ],
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while self.run("SELECT 1").code is not None:
            assert self._server.poll() is None, "mariadbd has ended: see its log"
            assert time.monotonic() < until, "mariadbd does not answer"
            time.sleep(0.1)

    def run(self, sql: str) -> Answer:
        """Run statements in a session of their own, up to the first error."""
        done = subprocess.run(
            [
                _program("mariadb"), "--no-defaults", f"--socket={self._socket}", "--user=root",
                "--skip-column-names", "--batch",
            ],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        if done.returncode == 0:
            return Answer(None, "", rows)
        error = _ERROR.search(done.stderr)
        return Answer(int(error[1]) if error else -1, error[2] if error else done.stderr, rows)

    def close(self) -> None:
        """Stop the server."""
        self._server.terminate()
        self._server.wait(PATIENCE_S)


def skip_unless_asked() -> None:
    """Skip where nobody asked for it: it takes minutes. Where somebody did, it must be there."""
    if not os.environ.get("EC_TEST_MARIADB"):
        pytest.skip("EC_TEST_MARIADB is not set (tox -e mariadb): its claims are not checked")
    if missing := [name for name in PROGRAMS if _found(name) is None]:
        pytest.fail(f"MariaDB is not installed: {', '.join(missing)}")


def _found(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_SBIN}")


def _program(name: str) -> str:
    return _found(name) or name
