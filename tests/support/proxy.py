"""A network that can be broken: a proxy between a client and a server, on 127.0.0.1."""

import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from expandcontract.embedded import ports

_SLICE = 0.02
_AT_ONCE = 65_536
#: Closing a socket that lingers for no time sends RST, as a host that lost its memory would.
_RESET = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Way:
    """What happens to all that is carried from now on."""

    delay: float = 0.0  #: seconds for each piece, in each direction
    frozen: threading.Event = field(default_factory=threading.Event)
    doomed: bytes | None = None  #: the reply to the next request with these bytes is lost

    def dooms(self, request: bytes) -> bool:
        if self.doomed is None or self.doomed not in request:
            return False
        self.doomed = None
        return True


class TcpProxy:
    """`dsn` leads to the server through here; the methods say what happens on the way."""

    def __init__(self, dsn: str) -> None:
        self.way = Way()
        self._dsn = dsn
        self._port = ports.free()
        self._links: list[_Link] = []
        self._refusing = threading.Event()
        self._door: threading.Thread | None = None
        self.accept()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.refuse()
        self.cut()

    @property
    def dsn(self) -> str:
        account = urlsplit(self._dsn).netloc.rpartition("@")[0]
        netloc = f"{account}@127.0.0.1:{self._port}"
        return urlsplit(self._dsn)._replace(netloc=netloc).geturl()

    def cut(self) -> None:
        """Reset all connections; new ones are welcome."""
        links, self._links = self._links, []
        for link in links:
            link.cut.set()
        for link in links:
            link.join()

    def refuse(self) -> None:
        """Let nobody connect; those who are connected stay."""
        self._refusing.set()
        if self._door is not None:
            self._door.join()
            self._door = None

    def accept(self) -> None:
        """Let everybody connect again."""
        if self._door is None:
            self._refusing.clear()
            listener = socket.create_server(("127.0.0.1", self._port))
            self._door = threading.Thread(target=self._welcome, args=[listener])
            self._door.start()

    def freeze(self) -> None:
        """Carry nothing and close nothing: silence, as behind a dead firewall."""
        self.way.frozen.set()

    def thaw(self) -> None:
        """Carry on, with all that was held back."""
        self.way.frozen.clear()

    def delay(self, seconds: float) -> None:
        """Carry each piece this much later, in each direction."""
        self.way.delay = seconds

    def swallow_reply_to(self, request: bytes) -> None:
        """Carry the next request with these bytes, then lose its reply and the connection.

        The server has done it, and the client cannot know.
        """
        self.way.doomed = request

    def _welcome(self, listener: socket.socket) -> None:
        with listener:
            while not self._refusing.is_set():
                if select.select([listener], [], [], _SLICE)[0]:
                    link = _Link(self.way, listener.accept()[0], self._dsn)
                    link.start()  # before anybody else may wait for its end
                    self._links.append(link)


class _Link(threading.Thread):
    """One connection and its other half, carried by one thread."""

    def __init__(self, way: Way, client: socket.socket, dsn: str) -> None:
        super().__init__()
        self.cut = threading.Event()
        self._way = way
        self._client = client
        self._dsn = dsn
        self._losing = False

    def run(self) -> None:
        where = urlsplit(self._dsn)
        with self._client:
            self._client.settimeout(5)
            try:
                server = socket.create_connection((str(where.hostname), where.port or 5432), 5)
            except OSError:
                return
            with server:
                self._carry_on(server)

    def _carry_on(self, server: socket.socket) -> None:
        try:
            while not self.cut.is_set() and self._carry(server):
                pass
        except OSError:
            self.cut.set()  # One side is gone, and the other shall notice.
        if self.cut.is_set():
            for end in (self._client, server):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _carry(self, server: socket.socket) -> bool:
        """Carry one piece, or nothing for a while; false at the end."""
        if self._way.frozen.is_set():
            time.sleep(_SLICE)
            return True
        for source in select.select([self._client, server], [], [], _SLICE)[0]:
            piece = source.recv(_AT_ONCE)
            if not piece:
                return False
            if source is server and self._losing:
                self.cut.set()
                return False
            if source is self._client:
                self._losing = self._way.dooms(piece)
            time.sleep(self._way.delay)
            (server if source is self._client else self._client).sendall(piece)
        return True
