"""Data directories: made, cloned and configured, all before a server runs on them."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from expandcontract.embedded.account import Account
from expandcontract.embedded.binaries import Binaries
from expandcontract.embedded.errors import ServerStartError
from expandcontract.embedded.watchdog import Watchdog

#: Nothing of ours reaches the server: PGDATA, PGPORT and LANG would change it.
ENVIRONMENT: Mapping[str, str] = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}

#: Quick, small, loopback only, ready for standbys.
#: `fsync` is off: the data outlives a killed server, and nobody needs it after a power cut.
#: `max_connections` and `max_wal_senders` are initdb's, since a standby with less than its
#: primary ever had does not start.
DEFAULTS: Mapping[str, str] = {
    "dynamic_shared_memory_type": "mmap",  # removed with the directory, whatever happens
    "fsync": "off",
    "full_page_writes": "off",
    "hot_standby": "on",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "log_timezone": "UTC",
    "max_connections": "100",
    "max_replication_slots": "10",
    "max_wal_senders": "10",
    "min_wal_size": "32MB",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "track_commit_timestamp": "off",
    "unix_socket_directories": "",  # their paths end at 107 bytes, and TCP is enough
    "wal_level": "replica",
    # Whole seconds only: 100ms would round to 0, which means no reports and no replay lag.
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "50ms",  # 5 s by default, the pause after a lost primary
}

#: The first major whose initdb can leave out its advice; the older ones always print it.
NO_INSTRUCTIONS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all servers of a cluster share."""

    binaries: Binaries
    account: Account
    directory: Path
    password: str = field(repr=False)
    watchdog: Watchdog


def create(house: House, data: Path, settings: Mapping[str, str]) -> None:
    """Run initdb; every login needs the password, since other accounts share the machine."""
    secret = house.directory / "password"
    secret.write_text(house.password, encoding="utf-8")
    house.account.own(secret)
    done = subprocess.run(
        [
            house.binaries.program("initdb"), "--pgdata", data, "--username=postgres",
            "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C",
            "--no-sync",
            *(["--no-instructions"] if house.binaries.major >= NO_INSTRUCTIONS else []),
        ],
        cwd=Path("/"),
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **house.account.popen,
    )  # fmt: skip
    secret.unlink()
    if done.returncode:
        raise ServerStartError("initdb", f"ended with {done.returncode}", done.stdout)
    configure(data, {**DEFAULTS, **settings})


def clone(house: House, source: Path, target: Path) -> None:
    """Copy a data directory that no server runs on; cheaper than pg_basebackup, same result."""
    shutil.copytree(source, target, symlinks=True)
    house.account.own(target)


def follow(house: House, data: Path, *, name: str, port: int) -> None:
    """Turn a clone into the standby of a primary that has a slot of this name."""
    connection = f"host=127.0.0.1 port={port} user=postgres password={house.password}"
    configure(
        data,
        {
            "primary_conninfo": f"{connection} application_name={name}",
            "primary_slot_name": name,
        },
    )
    mark = data / "standby.signal"
    mark.touch()
    house.account.own(mark)


def configure(data: Path, settings: Mapping[str, str]) -> None:
    """Add settings to the main file of a data directory; the last one of a name counts.

    Not to `postgresql.auto.conf`, which belongs to ALTER SYSTEM and wins.
    """
    lines = [f"{name} = {_quoted(value)}\n" for name, value in settings.items()]
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(["\n", *lines])


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
