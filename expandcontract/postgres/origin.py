"""Which server this is: its system identifier, and on which timeline it writes."""

from dataclasses import dataclass
from typing import LiteralString

from expandcontract.errors import OldPrimaryError, ServerRefusedError
from expandcontract.postgres import memory
from expandcontract.postgres.session import Session

# The timeline of a file name is that of now; the control file learns it at the next checkpoint.
OF_SERVER: LiteralString = """
    SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()),
           ('x' || left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)
           ::bigint
"""
IN_RECOVERY: LiteralString = "SELECT pg_catalog.pg_is_in_recovery()"
READS_ONLY: LiteralString = """
    SELECT pg_catalog.pg_is_in_recovery()
           OR pg_catalog.current_setting('transaction_read_only') = 'on'
"""
IN_LEDGER: LiteralString = "SELECT system_identifier, timeline FROM expandcontract.origin"
NOTE: LiteralString = """
    INSERT INTO expandcontract.origin AS o (system_identifier, timeline)
    VALUES (%(system)s, %(timeline)s::bigint)
    ON CONFLICT (single) DO UPDATE SET system_identifier = excluded.system_identifier,
        timeline = excluded.timeline, seen_at = clock_timestamp()
    WHERE (o.system_identifier, o.timeline) IS DISTINCT FROM
        (excluded.system_identifier, excluded.timeline)
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """One server on one timeline; a promotion begins the next."""

    system: str
    timeline: int

    def refuse_older(self, found: "Origin") -> None:
        """Raise where the server found is not this one, or the primary from before a failover."""
        if found.system != self.system or found.timeline < self.timeline:
            raise OldPrimaryError(self.system, self.timeline, found.system, found.timeline)

    def follows(self, before: "Origin") -> bool:
        """Whether it leads since a later failover than the other."""
        return self.system == before.system and self.timeline > before.timeline


def origin(session: Session) -> Origin | None:
    """Of the server behind the session; None where a service does not say."""
    try:
        system, timeline = session.rows(OF_SERVER)[0]
    except ServerRefusedError:
        return None
    return Origin(system, timeline)


def is_standby(session: Session) -> bool:
    """Whether the server only follows another one for now."""
    return bool(session.rows(IN_RECOVERY)[0][0])


def refuse_read_only(session: Session) -> None:
    """Before anything is written: a part of it might pass, where it says READ WRITE itself."""
    if session.rows(READS_ONLY)[0][0]:
        raise ServerRefusedError("25006", "the server or the role is set to read only")


def noted(session: Session) -> Origin | None:
    """The server that wrote this ledger last."""
    rows = session.rows(IN_LEDGER)
    return Origin(*rows[0]) if rows else None


def note(session: Session, found: Origin) -> None:
    """Keep which server writes the ledger now; the standbys of another one say nothing of it."""
    if session.run(NOTE, {"system": found.system, "timeline": str(found.timeline)}):
        memory.forget(session)
