"""A port that stays ours while a server is down."""

import secrets
import socket

#: Below the range that systems hand out to outgoing connections (Linux from 32768, macOS
#: from 49152): nobody takes one of these by chance between a stop and a start.
_PORTS = range(15_000, 32_000)


def free() -> int:
    """A port on which nobody listens now; somebody may the next moment, so be ready to retry."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe:
            # As PostgreSQL does it: connections that are closing do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
