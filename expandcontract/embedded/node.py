"""A server as its clients see it: all that needs a connection, and no access to processes."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any, LiteralString
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from expandcontract.embedded.waiting import PATIENCE, wait_until

_TELLS_PAUSED = 14  # the release that tells a pause from the wish for one


class Node:
    """A member of a cluster, by a superuser's connection string (a URL)."""

    def __init__(self, name: str, *, dsn: str, major: int) -> None:
        self.name = name
        self.dsn = dsn
        self.major = major

    def __repr__(self) -> str:
        where = urlsplit(self.dsn)
        return f"{type(self).__name__}({self.name!r}, {where.hostname}:{where.port})"

    def dsn_of(self, database: str) -> str:
        """The connection string for another database of this server."""
        return urlsplit(self.dsn)._replace(path=f"/{quote(database)}").geturl()

    def rows(self, query: LiteralString, *parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
        """Ask something, on a connection of its own; a frozen server is an error in the end."""
        with closing(self._connection()) as connection:
            return connection.execute(query, parameters).fetchall()

    def promote(self) -> None:
        """Make a standby a primary, and wait until it takes writes.

        Not within one query: what is still to be replayed may wait for the snapshot of that query.
        """
        self.rows("SELECT pg_promote(false)")
        wait_until(self._leads, server=self.name, awaited="promotion")

    def _leads(self) -> bool:
        return self.rows("SELECT pg_is_in_recovery()") == [(False,)]

    def pause_replay(self) -> None:
        """Let a standby receive but not apply: its readers see it fall behind."""
        self.rows("SELECT pg_wal_replay_pause()")
        if self.major >= _TELLS_PAUSED:
            wait_until(self._paused, server=self.name, awaited="a pause of the replay")

    def _paused(self) -> bool:
        return self.rows("SELECT pg_get_wal_replay_pause_state()") == [("paused",)]

    def resume_replay(self) -> None:
        """Let a paused standby catch up."""
        self.rows("SELECT pg_wal_replay_resume()")

    def delay_replay(self, milliseconds: int) -> None:
        """Let a standby show each commit this much later; 0 ends it."""
        self.configure({"recovery_min_apply_delay": f"{milliseconds}ms"})

    def configure(self, changes: Mapping[str, str]) -> None:
        """Change settings for which a reload is enough, and wait until it has happened."""
        statement = sql.SQL("ALTER SYSTEM SET {} = {}")
        [before] = self.rows("SELECT pg_conf_load_time()")
        with closing(self._connection()) as connection:
            for name, value in changes.items():
                connection.execute(statement.format(sql.Identifier(name), value))
            connection.execute("SELECT pg_reload_conf()")

        def reloaded() -> bool:
            # A new session has the time from the postmaster, which has told the others by then.
            return self.rows("SELECT pg_conf_load_time()") > [before]

        wait_until(reloaded, server=self.name, awaited="a reload of its configuration")

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self.dsn, autocommit=True, connect_timeout=int(PATIENCE))
