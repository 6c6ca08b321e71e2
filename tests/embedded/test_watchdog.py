"""No crash of ours leaves a server behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from expandcontract import embedded
from expandcontract.embedded import leftovers, processes

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


def test_the_next_start_removes_what_a_killed_watchdog_left(
    owner: subprocess.Popen[str],
) -> None:
    assert owner.stdout is not None
    left, postmasters, _ = [owner.stdout.readline().strip() for _ in range(3)]
    servers = [int(one) for one in postmasters.split()]
    [watchdog] = [child for child in processes.family(owner.pid)[1:] if child not in servers]
    processes.send([watchdog], signal.SIGKILL)
    with embedded.start() as one:
        assert one.primary.rows("SELECT 1") == [(1,)]
    assert not processes.wait_gone(servers, 0)  # its owner lives
    assert Path(left).is_dir()

    everybody = [pid for one in servers for pid in processes.family(one)]
    owner.kill()
    owner.wait(10)
    with embedded.start():  # or another one that is started just now, by whoever tests beside us
        assert processes.wait_gone(everybody, 20)
    deadline = time.monotonic() + 20
    while Path(left).exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_process_id_that_somebody_else_has_by_now_is_left_alone(tmp_path: Path) -> None:
    left = Path(tempfile.mkdtemp(prefix="ec-", dir=tmp_path))
    os.close(leftovers.claim(left))
    (left / "primary").mkdir()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        (left / "primary" / "postmaster.pid").write_text(f"{other.pid}\n")

        leftovers.sweep([str(tmp_path)])

        assert other.poll() is None
        other.kill()
    assert not left.exists()


def test_what_cannot_be_ours_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(0o700)
    os.close(leftovers.claim(elsewhere))
    (tmp_path / "ec-link").symlink_to(elsewhere)
    (tmp_path / "ec-bare").mkdir(0o700)  # just being made, or not one of ours
    open_to_all = tmp_path / "ec-open"
    open_to_all.mkdir(0o755)
    os.close(leftovers.claim(open_to_all))
    living = tmp_path / "ec-living"
    living.mkdir(0o700)
    claim = leftovers.claim(living)

    leftovers.sweep([str(tmp_path), str(tmp_path / "nowhere")])

    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"elsewhere", "ec-link", "ec-bare", "ec-open", "ec-living"}
    os.close(claim)
    leftovers.sweep([str(tmp_path)])
    assert not living.exists()
