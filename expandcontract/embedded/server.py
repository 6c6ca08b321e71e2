"""A server of ours: a node whose processes can be started, killed and frozen."""

import signal

from expandcontract.embedded import data
from expandcontract.embedded.data import House
from expandcontract.embedded.node import Node
from expandcontract.embedded.postmaster import Postmaster


class Server(Node):
    """A server on a data directory of its own; its port stays the same over all restarts."""

    def __init__(self, name: str, house: House) -> None:
        super().__init__(name, dsn="", major=house.binaries.major)
        self.postmaster = Postmaster(name, house)
        self._house = house

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1; 0 before the first start."""
        return self.postmaster.port

    def start(self) -> None:
        """Start, after a kill with recovery, and wait until connections are accepted."""
        self.postmaster.start()
        self.dsn = f"postgresql://postgres:{self._house.password}@127.0.0.1:{self.port}/postgres"

    def follow(self, primary: "Server") -> None:
        """Start as a standby, on a clone of the primary's data directory."""
        primary.rows("SELECT pg_create_physical_replication_slot(%s)", self.name)
        data.follow(self._house, self.postmaster.data, name=self.name, port=primary.port)
        self.start()

    def stop(self) -> None:
        """End all sessions and shut down in order."""
        self.postmaster.stop()

    def restart(self) -> None:
        """Stop and start; standbys and clients find the server on the same port."""
        self.stop()
        self.start()

    def abort(self) -> None:
        """Shut down at once and without a checkpoint, even when frozen."""
        self.postmaster.stop(signal.SIGQUIT)

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        self.postmaster.kill()

    def freeze(self) -> None:
        """Stop all its processes: connections stay open and nothing is ever answered."""
        self.postmaster.freeze()

    def thaw(self) -> None:
        """Let a frozen server go on where it was."""
        self.postmaster.thaw()
