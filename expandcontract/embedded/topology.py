"""A primary and the standbys that stream from it, wherever they run."""

from collections.abc import Sequence
from typing import Generic, LiteralString, TypeVar

from expandcontract.embedded.node import Node
from expandcontract.embedded.waiting import PATIENCE, wait_until

_STREAMING: LiteralString = (
    "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'"
)
_POSITION: LiteralString = "SELECT pg_current_wal_lsn()::text"
_REPLAYED: LiteralString = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"

N_co = TypeVar("N_co", bound=Node, covariant=True)


class Topology(Generic[N_co]):
    """Who sends to whom; standbys go by their `application_name`."""

    def __init__(self, primary: N_co, standbys: Sequence[N_co] = ()) -> None:
        self.primary = primary
        self.standbys = tuple(standbys)

    def wait_until_streaming(self, seconds: float = PATIENCE) -> None:
        """Wait until the primary sends to every standby.

        A standby accepts connections before its receiver is connected.
        """
        names = {standby.name for standby in self.standbys}

        def streaming() -> bool:
            return names <= {name for (name,) in self.primary.rows(_STREAMING)}

        wait_until(streaming, server=self.primary.name, awaited="streaming to all", seconds=seconds)

    def wait_until_replayed(self, seconds: float = PATIENCE) -> None:
        """Wait until every standby shows what is committed on the primary now.

        With `synchronous_commit = off` the newest commits may not count yet.
        """
        [(position,)] = self.primary.rows(_POSITION)
        for standby in self.standbys:

            def replayed(standby: Node = standby) -> bool:
                return standby.rows(_REPLAYED, position) == [(True,)]

            wait_until(
                replayed, server=standby.name, awaited=f"replay up to {position}", seconds=seconds
            )
