"""A cluster of ours: what it is when it is up, and that nothing is left of it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from expandcontract import embedded
from expandcontract.embedded import ServerStartError, account
from expandcontract.embedded.server import Server


def directory_of(server: Server) -> Path:
    return server.postmaster.data.parent


def test_nothing_is_left_of_a_closed_cluster() -> None:
    with embedded.start(standbys=2) as cluster:
        directory = directory_of(cluster.primary)
        assert directory.stat().st_mode & 0o777 == 0o700
        ports = [server.port for server in (cluster.primary, *cluster.standbys)]
        assert len(set(ports)) == 3
        cluster.standbys[0].freeze()
        cluster.standbys[1].kill()

    assert not directory.exists()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(cluster.primary.dsn)


def test_nobody_enters_without_the_password() -> None:
    with embedded.start() as cluster:
        stranger = f"postgresql://postgres:wrong@127.0.0.1:{cluster.primary.port}/postgres"

        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)
        assert cluster.primary.rows("SHOW listen_addresses") == [("127.0.0.1",)]
        assert cluster.primary.dsn.split("@")[0] not in repr(cluster.primary)


def test_settings_reach_the_primary_and_the_standby() -> None:
    odd = r"it's a \"name\" \n"

    with embedded.start(standbys=1, settings={"cluster_name": odd}) as cluster:
        for server in (cluster.primary, *cluster.standbys):
            assert server.rows("SHOW cluster_name") == [(odd,)]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where clusters go in this test; pytest's own directories are closed to other accounts."""
    place = Path(tempfile.mkdtemp(prefix="ec-test-"))
    place.chmod(0o711)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setattr(account, "_PLENTY", 1 << 62)  # not in memory
    yield place
    shutil.rmtree(place)


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(place: Path) -> None:

    with pytest.raises(ServerStartError, match="unrecognized configuration parameter"):
        embedded.start(settings={"no_such_setting": "1"})

    assert list(place.iterdir()) == []


def test_odd_and_long_paths_are_fine(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # No double quote: initdb itself cannot find the server's program below one.
    odd = place / "it's a very odd, ünusual % place\\ " / ("long" * 30)
    odd.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(odd))

    with embedded.start(standbys=1) as cluster:
        assert directory_of(cluster.primary).parent == odd


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another account")
def test_a_place_that_the_account_cannot_reach_is_passed_over(place: Path) -> None:
    place.chmod(0o700)

    with embedded.start() as cluster:
        assert not directory_of(cluster.primary).is_relative_to(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another account")
def test_programs_that_the_account_cannot_reach_are_copied() -> None:
    original = next(one for one in embedded.discover() if one.origin is embedded.Origin.WHEEL)
    package = original.bin.parent.parent
    with tempfile.TemporaryDirectory(prefix="ec-test-") as private:  # 0700, as /root is
        home = Path(private, "a home")
        prefix = home / package.name / original.bin.parent.name
        shutil.copytree(original.bin.parent, prefix, symlinks=True)
        shutil.copytree(package.with_name(f"{package.name}.libs"), home / f"{package.name}.libs")
        unreachable = embedded.find(original.major, [prefix])
        assert unreachable.bin == prefix / "bin"

        with embedded.start(installation=unreachable) as cluster:
            used = program_of(cluster.primary)
            assert cluster.primary.rows("SELECT 1") == [(1,)]
            assert used.exists()

        assert not used.is_relative_to(private)
        assert not used.exists()
        assert Path(private).stat().st_mode & 0o777 == 0o700


def program_of(server: Server) -> Path:
    return Path((server.postmaster.data / "postmaster.opts").read_text().split(' "')[0])
