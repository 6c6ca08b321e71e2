"""Where the bench runs: a primary set as in production, with a streaming standby."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from expandcontract import embedded
from expandcontract.embedded import Cluster
from tests.support.databases import Databases

#: The servers of the tests do without; a log without full pages would flatter one UPDATE.
AS_IN_PRODUCTION: Mapping[str, str] = {
    "fsync": "on",
    "full_page_writes": "on",
    "max_wal_size": "1GB",
    "shared_buffers": "128MB",
}


@dataclass(frozen=True, slots=True)
class Bed:
    """The servers, and databases on the primary."""

    cluster: Cluster
    databases: Databases

    @property
    def title(self) -> str:
        """Which server this is, and how it is set."""
        told = ", ".join(f"{name} {value}" for name, value in AS_IN_PRODUCTION.items())
        return f"PostgreSQL {self.cluster.primary.major} with a streaming standby, {told}."


@contextmanager
def bed(major: int | None = None) -> Iterator[Bed]:
    """Servers of the bench's own, ended with it."""
    with (
        embedded.start(standbys=1, major=major, settings=AS_IN_PRODUCTION) as cluster,
        closing(Databases(cluster.primary)) as databases,
    ):
        yield Bed(cluster, databases)
