"""A pgbouncer in transaction mode, in front of a database."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL

from expandcontract.embedded import ports

SETTINGS = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
default_pool_size = 1
max_client_conn = 50
"""


def program() -> str:
    """Where pgbouncer is; a missing one is said, and never skipped."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    assert found, "pgbouncer is not installed: apt-get install pgbouncer"
    return found


@contextmanager
def pooler(url: URL, folder: Path) -> Iterator[URL]:
    """The database through a pooler that has one server connection for all."""
    users, settings = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{url.username}" "{url.password}"\n')
    pooled = url.set(port=ports.free(), host="127.0.0.1")
    text = SETTINGS.format(host=url.host, port=url.port, listen=pooled.port, users=users)
    settings.write_text(text)
    for path in (*reversed(folder.parents), folder):
        if path.owner() == folder.owner() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    # As root it refuses to work, and takes the account of the server's package.
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([program(), *account, str(settings)], stderr=log, stdout=log)
        try:
            _wait(pooled, process, folder / "log")
            yield pooled
        finally:
            process.terminate()
            process.wait(10)


def _wait(url: URL, process: "subprocess.Popen[bytes]", log: Path) -> None:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    until = time.monotonic() + 15
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        else:
            return
