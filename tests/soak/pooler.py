"""PgBouncer in transaction mode, where it is installed."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from expandcontract.embedded import ports

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooled(dsn: str) -> Iterator[str]:
    """A DSN that leads to the same database through PgBouncer; the same one where there is none."""
    if PROGRAM is None:
        yield dsn
        return
    where, port = urlsplit(dsn), ports.free()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = Path(folder, "pgbouncer.ini")
        settings.write_text(
            f"[databases]\n* = host={where.hostname} port={where.port} user={where.username}"
            f" password={where.password}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nauth_type = any\npool_mode = transaction\n"
            "unix_socket_dir =\nserver_login_retry = 1\nmax_client_conn = 100\n"
            "ignore_startup_parameters = extra_float_digits\n",
            encoding="utf-8",
        )
        settings.chmod(0o644)
        user = "nobody" if os.geteuid() == 0 else None
        process = subprocess.Popen(
            [PROGRAM, "-q", settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
        )
        through = where._replace(netloc=f"{where.username}@127.0.0.1:{port}").geturl()
        try:
            _wait(through)
            yield through
        finally:
            process.kill()
            process.wait()


def _wait(dsn: str) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(dsn, autocommit=True).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
