"""Who works on a change: a row with a holder, a fencing token and an expiry.

No advisory locks: those belong to a server connection, and behind a pooler that is not ours.
Every transaction that changes something ends with `fence`, which fails when somebody else has
taken the change over; so a runner that was frozen and wakes up cannot commit.
"""

import os
import socket
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.errors import LeaseLostError, RunnerBusyError, ServerRefusedError
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session, transaction

SECONDS = 15
"""A lease that was not renewed for so long is nobody's."""

# A holder whose server process is gone is dead, whatever the expiry says. Process ids are
# visible to every role. Behind a pooler there is none to name, and only the expiry counts.
TAKE: LiteralString = """
    INSERT INTO expandcontract.leases AS l
        (change_id, holder, backend, token, taken_at, expires_at)
    VALUES (%(id)s::bigint, %(holder)s,
            CASE WHEN NOT %(pooled)s::boolean THEN pg_catalog.pg_backend_pid() END,
            1, clock_timestamp(),
            clock_timestamp() + %(seconds)s::integer * interval '1 second')
    ON CONFLICT (change_id) DO UPDATE SET
        holder = excluded.holder, backend = excluded.backend, token = l.token + 1,
        taken_at = excluded.taken_at, expires_at = excluded.expires_at
    WHERE l.expires_at < clock_timestamp()
       OR (l.backend IS NOT NULL AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = l.backend))
    RETURNING token
"""
FENCE: LiteralString = """
    UPDATE expandcontract.leases
    SET backend = CASE WHEN %(keep)s::boolean OR backend IS NULL THEN backend
                       ELSE pg_catalog.pg_backend_pid() END,
        expires_at = clock_timestamp() + %(seconds)s::integer * interval '1 second'
    WHERE change_id = %(id)s::bigint AND token = %(token)s::bigint
"""
# The row stays, with its token: a token is never given out twice.
RELEASE: LiteralString = """
    UPDATE expandcontract.leases SET expires_at = '-infinity'
    WHERE change_id = %(id)s::bigint AND token = %(token)s::bigint
"""
HOLDER: LiteralString = """
    SELECT holder, date_trunc('second', taken_at)::text,
           CASE WHEN isfinite(expires_at)
                THEN extract(epoch FROM expires_at - clock_timestamp())::float8
                ELSE '-infinity' END
    FROM expandcontract.leases WHERE change_id = %(id)s::bigint
"""
LIVE: LiteralString = """
    SELECT l.change_id, l.holder, date_trunc('second', l.taken_at)::text
    FROM expandcontract.leases l
    WHERE l.expires_at > clock_timestamp()
      AND (l.backend IS NULL
           OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = l.backend))
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a change, as long as the token is the newest."""

    record: Record
    token: int

    @property
    def key(self) -> dict[str, str]:
        """The parameters that name this lease in queries."""
        return {**self.record.key, "token": str(self.token)}


def holder_name() -> str:
    """Who we are, for whoever finds our lease: process and host."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def take(session: Session, record: Record) -> Lease | None:
    """Take the lease if nobody alive has it."""
    pooled = str(session.is_pooled())
    params = {**record.key, "holder": holder_name(), "seconds": str(SECONDS), "pooled": pooled}
    try:
        with transaction(session, lock_timeout="2s"):
            rows = session.rows(TAKE, params)
    except ServerRefusedError as error:
        if error.sqlstate == "55P03":  # the holder is in the middle of a transaction
            return None
        raise
    return Lease(record, rows[0][0]) if rows else None


def fence(session: Session, lease: Lease, *, by_keeper: bool = False) -> None:
    """Renew the lease, or raise because it is lost; the last thing before COMMIT."""
    params = {**lease.key, "seconds": str(SECONDS), "keep": str(by_keeper)}
    if session.run(FENCE, params) == 0:
        raise LeaseLostError(lease.record.name)


def release(session: Session, lease: Lease) -> None:
    """Give the lease back."""
    session.run(RELEASE, lease.key)


def expires_in(session: Session, record: Record) -> float:
    """Seconds until the lease that stands ends, when it is not renewed."""
    rows = session.rows(HOLDER, record.key)
    return float(rows[0][2]) if rows else 0.0


def busy(session: Session, record: Record) -> RunnerBusyError:
    """The error that says who works on the change."""
    rows = session.rows(HOLDER, record.key)
    holder, since = (rows[0][0], rows[0][1]) if rows else ("somebody", "a moment ago")
    return RunnerBusyError(record.name, holder, since)


def live(session: Session) -> dict[int, str]:
    """Who works on what right now, by change."""
    return {row[0]: f"{row[1]} since {row[2]}" for row in session.rows(LIVE)}
