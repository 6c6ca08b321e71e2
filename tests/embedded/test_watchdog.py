"""No crash of ours leaves a server behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from expandcontract.embedded import processes

OWNER = """
import time
from expandcontract import embedded
cluster = embedded.start(standbys=1)
cluster.standbys[0].freeze()
servers = [cluster.primary, *cluster.standbys]
print(cluster.primary.postmaster.data.parent)
print(*[(server.postmaster.data / "postmaster.pid").read_text().split()[0] for server in servers])
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def owner() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", OWNER]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as owner:
        yield owner
        owner.kill()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=lambda how: how.name)
def test_a_cluster_ends_with_its_owner(owner: subprocess.Popen[str], how: signal.Signals) -> None:
    assert owner.stdout is not None
    directory, postmasters, _ = [owner.stdout.readline().strip() for _ in range(3)]
    everybody = [pid for one in postmasters.split() for pid in processes.family(int(one))]
    assert len(everybody) > 4
    assert not processes.wait_gone(everybody, 0)

    owner.send_signal(how)
    owner.wait(10)

    assert processes.wait_gone(everybody, 10)
    deadline = time.monotonic() + 10
    while Path(directory).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(directory).exists()
