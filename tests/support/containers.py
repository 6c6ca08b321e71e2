"""The same cluster in containers: paused instead of frozen, killed by the engine."""

import os
import secrets
import socket
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

import psycopg

from expandcontract.embedded import Node, ServerTimeoutError, Topology, ports
from expandcontract.embedded.data import DEFAULTS
from expandcontract.embedded.waiting import wait_until

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

_NEWEST = 18
_SOCKETS = ("/var/run/docker.sock", "~/.docker/run/docker.sock")
_SETTINGS = {
    **{key: value for key, value in DEFAULTS.items() if "director" not in key},
    "listen_addresses": "*",
}
_OPTIONS = [word for pair in _SETTINGS.items() for word in ("-c", "=".join(pair))]
#: A volume of the image belongs to root before its own entry point has run: hence /tmp.
_FOLLOW = """
export PGDATA=/tmp/standby
test -s $PGDATA/PG_VERSION || until pg_basebackup -D $PGDATA -R -C -S "$0" -c fast \
    -d 'host=primary user=postgres application_name='"$0"; do rm -rf $PGDATA; sleep 0.2; done
exec postgres "$@"
"""


def daemon_answers() -> bool:
    """Ask the socket itself: importing the client takes a second, and asking takes none."""
    given = os.environ.get("DOCKER_HOST", "")
    if given and not given.startswith("unix://"):
        return False  # on another machine, whose ports are not ours
    for place in (given.removeprefix("unix://"),) if given else _SOCKETS:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            try:
                client.connect(os.path.expanduser(place))  # noqa: PTH111  # "~" of an address
                client.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
                if b" 200 " in client.recv(64):
                    return True
            except OSError:
                continue
    return False


class ContainerServer(Node):
    """A server in a container, with the methods of `embedded.Server`."""

    def __init__(self, name: str, container: "DockerContainer", *, major: int, dsn: str) -> None:
        super().__init__(name, dsn=dsn, major=major)
        self._inner = container.get_wrapped_container()

    def start(self) -> None:
        self._inner.start()
        self.wait_until_ready()

    def stop(self) -> None:
        self._inner.stop()

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        self._inner.kill("SIGKILL")
        self._inner.wait()

    def freeze(self) -> None:
        self._inner.pause()

    def thaw(self) -> None:
        self._inner.reload()
        if self._inner.status == "paused":
            self._inner.unpause()

    def allow_replication(self) -> None:
        [(access,)] = self.rows("SHOW hba_file")
        line = f"echo host replication all all scram-sha-256 >> {access}"
        self._inner.exec_run(["sh", "-c", line])
        self.rows("SELECT pg_reload_conf()")

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            try:
                return self.rows("SELECT 1") == [(1,)]
            except psycopg.OperationalError:
                return False

        try:
            wait_until(ready, server=self.name, awaited="readiness in its container")
        except ServerTimeoutError as error:
            error.add_note(self._inner.logs(tail=12).decode())
            raise


class ContainerCluster(Topology[ContainerServer]):
    """Containers on a network of their own; takes them away when closed."""

    stack: ExitStack

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for server in (self.primary, *self.standbys):
            server.thaw()  # Some engines do not remove what is paused.
        self.stack.close()


def start(*, major: int | None, standbys: int) -> ContainerCluster:
    """Start a primary with standbys from the official image."""
    with ExitStack() as stack:
        launch = Launch(stack, major or _NEWEST)
        primary = launch.server("primary", ["postgres", *_OPTIONS])
        primary.allow_replication()
        cluster = ContainerCluster(primary)
        for number in range(1, standbys + 1):
            name = f"standby{number}"
            follow = ["sh", "-c", _FOLLOW, name, *_OPTIONS]
            standby = launch.server(name, entrypoint=follow, user="postgres")
            cluster.standbys = (*cluster.standbys, standby)
        cluster.wait_until_streaming()
        cluster.stack = stack.pop_all()  # From here on it is the cluster's.
        return cluster


class Launch:
    """Starts the containers of one cluster."""

    def __init__(self, stack: ExitStack, major: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of their imports, which are not ours to mend
            from testcontainers.core.container import DockerContainer  # noqa: PLC0415
            from testcontainers.core.network import Network  # noqa: PLC0415
        self._stack = stack
        self._major = major
        self._container = DockerContainer
        self._network = stack.enter_context(Network())
        self._password = secrets.token_hex(16)

    def server(
        self, name: str, command: Sequence[str] = (), **options: str | list[str]
    ) -> ContainerServer:
        port = ports.free()
        container = self._container(f"postgres:{self._major}").with_command(list(command))
        container.with_kwargs(stop_signal="SIGINT", **options)  # ends sessions, awaits none
        container.with_network(self._network).with_network_aliases(name)
        container.with_envs(
            POSTGRES_INITDB_ARGS="--encoding=UTF8 --locale=C",
            POSTGRES_PASSWORD=self._password,
            PGPASSWORD=self._password,
        )
        # A port of ours stays the same over a restart; Docker's own choice does not.
        container.ports = {"5432/tcp": ("127.0.0.1", port)}  # type: ignore[dict-item]
        self._stack.enter_context(container)
        dsn = f"postgresql://postgres:{self._password}@127.0.0.1:{port}/postgres"
        server = ContainerServer(name, container, major=self._major, dsn=dsn)
        server.wait_until_ready()
        return server
