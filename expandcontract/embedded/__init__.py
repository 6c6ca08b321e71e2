"""A real PostgreSQL with standbys, started by us: for `ec demo` and for the tests.

Used as `with embedded.start(standbys=1) as cluster:`; then there are `cluster.primary.dsn`
and `cluster.standbys[0].dsn`, and nothing is left behind.
"""

from expandcontract.embedded.binaries import Binaries, Origin, discover, find
from expandcontract.embedded.cluster import Cluster, start
from expandcontract.embedded.errors import NoServerError, ServerStartError, ServerTimeoutError
from expandcontract.embedded.node import Node
from expandcontract.embedded.server import Server
from expandcontract.embedded.topology import Topology

__all__ = [
    "Binaries",
    "Cluster",
    "NoServerError",
    "Node",
    "Origin",
    "Server",
    "ServerStartError",
    "ServerTimeoutError",
    "Topology",
    "discover",
    "find",
    "start",
]
