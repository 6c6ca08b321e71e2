"""Looks a database over: may we work here, can we see what we watch, and is anything left over.

Reads only. Every finding says what to do about it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from expandcontract.engine.leftovers import leftovers
from expandcontract.errors import DsnUnreadableError, LedgerTooNewError, ServerRefusedError
from expandcontract.postgres import brown_outs, ledger
from expandcontract.postgres import checkup as queries
from expandcontract.postgres.installation import installed, scripts
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.opening import libpq_dsn
from expandcontract.postgres.session import PsycopgSession, Session
from expandcontract.postgres.standby_view import StandbyView, is_address
from expandcontract.signals._standbys import STANDBYS

OLDEST = 15
"""The oldest major that this package is tested on."""


class Verdict(StrEnum):
    """What a check came to."""

    GOOD = "good"
    NOTE = "note"  #: works, and is worth knowing
    WRONG = "wrong"  #: something will not work, or something is left over


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    verdict: Verdict
    text: str
    next_step: str = ""


def good(check: str, text: str) -> Finding:
    """All as it should be."""
    return Finding(check=check, verdict=Verdict.GOOD, text=text)


def note(check: str, text: str, next_step: str) -> Finding:
    """Works, and is worth knowing."""
    return Finding(check=check, verdict=Verdict.NOTE, text=text, next_step=next_step)


def wrong(check: str, text: str, next_step: str) -> Finding:
    """To be put right."""
    return Finding(check=check, verdict=Verdict.WRONG, text=text, next_step=next_step)


def look_over(session: Session, standbys: tuple[str, ...]) -> Iterator[Finding]:
    """Everything, from the connection to the leftovers; `standbys` are those that must be there."""
    [(version, number, database, role, in_recovery, backend)] = session.rows(queries.SERVER)
    yield good("connection", f"database {database} as role {role}")
    yield _version(version, number)
    if in_recovery:
        yield wrong("primary", "this server is a standby: it only reads", "give the primary's DSN")
        return
    yield _pooler(session, backend)
    yield from _standbys(session, standbys)
    try:
        yield from _ours(session)
    except ServerRefusedError as error:
        if error.sqlstate != "42501":
            raise
        yield wrong("ledger", error.message, "run as its owner, or let a DBA grant what is missing")


def _version(version: str, number: int) -> Finding:
    if number // 10000 < OLDEST:
        text = f"PostgreSQL {version} is older than the oldest that is tested, {OLDEST}"
        return wrong("server", text, "upgrade, or try everything on a copy first")
    return good("server", f"PostgreSQL {version}")


def _pooler(session: Session, backend: int) -> Finding:
    """A pooler cannot know which server process will answer when a client logs in."""
    if not isinstance(session, PsycopgSession):
        return good("pooler", "not looked for: this driver does not tell")
    if session.connection.info.backend_pid == backend:
        return good("pooler", "none: the connection is the server's own")
    return note(
        "pooler",
        "a pooler stands in between; everything works through it",
        "a direct DSN notices a killed runner at once, through a pooler it takes 15 s",
    )


def _standbys(session: Session, wanted: tuple[str, ...]) -> Iterator[Finding]:
    for address in filter(is_address, wanted):
        yield _asked(address)
    rows = [row for row in session.rows(STANDBYS) if row[1] is not None]
    seen = [name for _, _, name, _, state, *_ in rows if state is not None]
    if len(seen) < len(rows):
        yield wrong(
            "standbys",
            f"{len(rows) - len(seen)} are connected and this role may not see how far they are: "
            "a backfill would hold",
            "GRANT pg_monitor to the role, or run with --max-lag off",
        )
    for name in wanted:
        if name not in seen and not is_address(name):
            text = f"{name} is not connected, and the settings name it: a backfill would hold"
            yield wrong("standbys", text, "bring it back, or take it out of `standbys`")
    if seen:
        yield good("standbys", f"{', '.join(sorted(seen))}: seen, a backfill waits for them")
    elif not rows:
        yield good("standbys", "none is streaming from this server")


def _asked(address: str) -> Finding:
    """A standby that is given by its DSN."""
    try:
        view = StandbyView(libpq_dsn(address), time.monotonic).start()
    except DsnUnreadableError as error:
        text = f"{error.message}: a backfill would refuse to begin"
        return wrong("standbys", text, "mend it in `standbys`")
    sight = view.sight(5.0)
    view.close()
    if sight.problem:
        text = f"{sight.name}: {sight.problem}: a backfill would hold"
        return wrong("standbys", text, "give the DSN of a standby that this host reaches")
    delay = f", told to stay {sight.delay:g} s behind" if sight.delay else ""
    return good("standbys", f"{sight.name} answers itself{delay}")


def _ours(session: Session) -> Iterator[Finding]:
    """The ledger, what its open changes need, and what is left of others."""
    found, newest = installed(session), scripts()[-1][0]
    records: list[Record] = []
    if found > newest:
        yield wrong("ledger", str(LedgerTooNewError(found, newest)), "upgrade expandcontract")
        return
    if found:
        records = [record for record in ledger.everything(session) if record.is_open]
        yield _ledger(session, len(records))
    else:
        yield _schema(session)
    yield from _owners(session, records)
    names = {record.id: record.name for record in records}
    for change_id, one in brown_outs.going_on(session).items():
        text = f"{names.get(change_id, 'a change that is over')}: {one}"
        yield note("brown-out", text, "nothing: all privileges come back by themselves")
    nothing_left = True
    for text, next_step in leftovers(session, records):
        nothing_left = False
        yield wrong("leftovers", text, next_step)
    if nothing_left:
        yield good("leftovers", "none")


def _schema(session: Session) -> Finding:
    if session.rows(queries.MAY_CREATE)[0][0]:
        return good("ledger", "not there yet; the first change makes it, and this role may")
    return wrong(
        "ledger",
        "not there yet, and this role may not make it",
        "let a DBA run: GRANT CREATE ON DATABASE … TO …, or run the first change as the owner",
    )


def _ledger(session: Session, open_changes: int) -> Finding:
    if session.rows(queries.MAY_WRITE_LEDGER)[0][0]:
        noun = "open change" if open_changes == 1 else "open changes"
        return good("ledger", f"there, with {open_changes} {noun}")
    text = "this role may read it and not write it"
    return wrong("ledger", text, "run as the role that made it, or as a member of that role")


def _owners(session: Session, records: list[Record]) -> Iterator[Finding]:
    for record in records:
        for relation in dict.fromkeys(relation for relation, _ in record.plan.claims):
            params = {"table": _quoted(record, relation)}
            for owner, is_ours in session.rows(queries.OWNER, params):
                if not is_ours:
                    text = f"{record.name} works on {relation}, which belongs to {owner}"
                    yield wrong("privileges", text, f"run as {owner}, or as a member of that role")


def _quoted(record: Record, relation: str) -> str:
    """The table as SQL spells it; claims have it as people do."""
    for step in record.plan.steps:
        work = step.backfill or step.verification
        for table in (None if work is None else work.table, *(s.table for s in step.statements)):
            if table is not None and table.plain == relation:
                return str(table)
    return relation
