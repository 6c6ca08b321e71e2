"""A primary and its streaming standbys in a private directory, gone when closed."""

import secrets
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from expandcontract.embedded import account, binaries, data, leftovers
from expandcontract.embedded.binaries import Binaries
from expandcontract.embedded.data import House
from expandcontract.embedded.server import Server
from expandcontract.embedded.topology import Topology
from expandcontract.embedded.watchdog import Watchdog


class Cluster(Topology[Server]):
    """Servers that belong together; a context manager that ends and removes them."""

    def __init__(self, house: House, standbys: int) -> None:
        super().__init__(
            Server("primary", house),
            [Server(f"standby{number + 1}", house) for number in range(standbys)],
        )
        self._house = house

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def populate(self, settings: Mapping[str, str]) -> None:
        """Make the data directories and start all servers on them."""
        source = self.primary.postmaster.data
        data.create(self._house, source, settings)
        for standby in self.standbys:
            data.clone(self._house, source, standby.postmaster.data)
        self.primary.start()
        for standby in self.standbys:
            standby.follow(self.primary)
        self.wait_until_streaming()

    def close(self) -> None:
        """End all servers, whatever state they are in, and remove their files."""
        for server in (*self.standbys, self.primary):
            server.abort()
        self._house.watchdog.close()


def start(
    *,
    standbys: int = 0,
    major: int | None = None,
    settings: Mapping[str, str] | None = None,
    installation: Binaries | None = None,
) -> Cluster:
    """Start a fresh cluster; nothing to configure, as root or not.

    `installation` says which programs to run, as `find` or `discover` gave them; otherwise it
    is the newest one found here, or the newest of one major.
    """
    owner = account.for_server()
    leftovers.sweep(account.places())
    runnable, copies = account.reachable(installation or binaries.find(major), owner)
    directory = account.private_directory(owner)
    house = House(
        binaries=runnable,
        account=owner,
        directory=directory,
        password=secrets.token_hex(16),
        watchdog=Watchdog((directory,) if copies is None else (directory, copies)),
    )
    cluster = Cluster(house, standbys)
    try:
        cluster.populate(settings or {})
    except BaseException:
        cluster.close()
        raise
    return cluster
