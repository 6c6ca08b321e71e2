"""Whether statements that use a column that goes are still being called.

`pg_stat_statements` counts every statement of every client, whatever release it is of and whether
it tells of itself or not. What it cannot know (it was reset, it had to drop entries, it may not be
read) is a reason, not silence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, LiteralString

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.errors import ServerRefusedError
from expandcontract.lint.column_use import Use, use_of
from expandcontract.model.gate import Look, Reason
from expandcontract.model.names import quoted
from expandcontract.postgres import observations
from expandcontract.postgres.marking import OURS
from expandcontract.postgres.session import Session

WHERE: LiteralString = """
    SELECT n.nspname::text,
           pg_catalog.to_regclass(
               pg_catalog.quote_ident(n.nspname) || '.pg_stat_statements_info') IS NOT NULL,
           coalesce(pg_catalog.current_setting('pg_stat_statements.track', true), '')
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'
"""
# In front stands the extension's schema, wherever it was made.
STATEMENTS: LiteralString = """
    SELECT s.userid::text || ':' || s.queryid, pg_catalog.pg_get_userbyid(s.userid)::text,
           pg_catalog.sum(s.calls)::text, pg_catalog.max(s.query)
    FROM %s.pg_stat_statements s
    WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database
                    WHERE datname = pg_catalog.current_database())
      AND s.queryid IS NOT NULL
      AND pg_catalog.strpos(pg_catalog.lower(s.query), pg_catalog.lower(%%(name)s)) > 0
    GROUP BY 1, 2
"""
HIDDEN: LiteralString = """
    SELECT pg_catalog.pg_get_userbyid(s.userid)::text, pg_catalog.count(*)::integer
    FROM %s.pg_stat_statements s
    WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database
                    WHERE datname = pg_catalog.current_database())
      AND (s.queryid IS NULL OR s.query IS NULL)
    GROUP BY 1 ORDER BY 1
"""
INFO: LiteralString = """
    SELECT to_json(stats_reset) #>> '{}', dealloc::text FROM %s.pg_stat_statements_info
"""
PREFIX, RESET, EVICTED, SEEN = "statement ", "statements_reset", "statements_evicted", "statements"
GONE = "gone"
NOT_LOADED = frozenset({"55000", "42501", "42P01"})
SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A statement that uses a column that goes."""

    key: str
    role: str
    calls: str
    text: str
    use: Use
    column: str

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def look(asked: Asked) -> Look:
    """Look at the counts of calls, and since when they are the same."""
    if not asked.going:
        return Look(probe=PROBE.name)
    found = asked.session.rows(WHERE)
    if not found or found[0][2] in {"none", ""}:
        why = "pg_stat_statements is not in this database"
        if found:
            why = "pg_stat_statements counts nothing here (it is not loaded, or track is none)"
        return _missing(asked, why)
    schema, has_info, track = found[0]
    try:
        return _look(asked, quoted(schema), has_info=has_info, track=track)
    except ServerRefusedError as error:
        if error.sqlstate not in NOT_LOADED:
            raise
        return _missing(asked, f"pg_stat_statements does not answer: {error.message}")


def _missing(asked: Asked, why: str) -> Look:
    """Where it never was, the other probes have to do; where it was, somebody took it away."""
    unseen = (f"which statements are called: {why}",)
    if SEEN not in observations.values(asked.session, asked.record, SEEN):
        return Look(probe=PROBE.name, evidence={SEEN: "not counted"}, unseen=unseen)
    reason = Reason(
        f"statements were counted at the switch, and are no more: {why}",
        "make it count again",
        can_be_overridden=True,
    )
    return Look(probe=PROBE.name, reasons=(reason,), evidence={SEEN: "not counted"}, unseen=unseen)


def _look(asked: Asked, schema: str, *, has_info: bool, track: str) -> Look:
    session, record = asked.session, asked.record
    called = {one.key: one for one in _called(asked, schema)}
    seen = {key: one.calls for key, one in called.items()}
    for key in observations.values(session, record, PREFIX):
        seen.setdefault(key, GONE)
    info: dict[str, str] = {}
    if has_info:
        reset, evicted = session.rows(INFO % schema)[0]
        info = {RESET: reset or "never", EVICTED: evicted}
    quiet = asked.quiet_for({**seen, **info, SEEN: track})
    hidden = [f"{role} ({count})" for role, count in session.rows(HIDDEN % schema)]
    reasons = (
        *_growing(asked, called, seen, quiet),
        *_forgotten(asked, info, quiet),
        *_hidden(asked, hidden),
    )
    unseen = [] if track == "all" else ["statements inside functions (pg_stat_statements.track)"]
    if not has_info:
        unseen.append("whether statistics were reset: update the extension to 1.9 or later")
    evidence = {
        "statements_that_use_it": str(len(called)),
        **{f"{what}_for_seconds": f"{quiet[what]:.0f}" for what in info},
        **info,
    }
    return Look(probe=PROBE.name, reasons=reasons, evidence=evidence, unseen=tuple(unseen))


def _called(asked: Asked, schema: str) -> Iterator[Called]:
    for retired in asked.going:
        # In a text the name may stand in quotes, with its own quotes doubled.
        params = {"name": retired.table.name.replace('"', '""')}
        for key, role, calls, text in asked.session.rows(STATEMENTS % schema, params):
            use = use_of(text, retired.table, retired.column)
            if use is not Use.NO and OURS not in text:
                yield Called(
                    key=f"{PREFIX}{key}",
                    role=role,
                    calls=calls,
                    text=text,
                    use=use,
                    column=f"{retired.table.plain}.{retired.column}",
                )


def _growing(
    asked: Asked, called: dict[str, Called], seen: dict[str, str], quiet: dict[str, float]
) -> Iterator[Reason]:
    needed = asked.runner.quiet
    busy = sorted((key for key in seen if quiet[key] < needed), key=lambda key: quiet[key])
    for one in (called[key] for key in busy if key in called):
        text = f"{one.role} calls a statement that {one.use} {one.column}: {one}"
        since = f"quiet for {quiet[one.key]:.0f} s of the {needed:.0f} s required"
        cure = f"{one.calls} calls, {since}; end what calls it"
        yield Reason(text, cure, can_be_overridden=True)
    if gone := [key for key in busy if key not in called]:
        text = f"the counts of {len(gone)} statements that used it are gone"
        cure = f"wait {needed - quiet[gone[0]]:.0f} s: they were reset or dropped"
        yield Reason(text, cure, can_be_overridden=True)


def _forgotten(asked: Asked, info: dict[str, str], quiet: dict[str, float]) -> Iterator[Reason]:
    needed = asked.runner.quiet
    words = {
        RESET: ("pg_stat_statements was reset", "wait: calls are counted anew since then"),
        EVICTED: ("pg_stat_statements dropped entries", "raise pg_stat_statements.max"),
    }
    for what, (text, cure) in words.items():
        if what in info and info[what] not in {"0", "never"} and quiet[what] < needed:
            since = f"known for {quiet[what]:.0f} s of the {needed:.0f} s required"
            yield Reason(f"{text}: {since}", cure, can_be_overridden=True)


def _hidden(asked: Asked, hidden: list[str]) -> Iterator[Reason]:
    if hidden:
        me = _me(asked.session)
        text = f"the statements of {', '.join(hidden)} cannot be read"
        yield Reason(text, f"GRANT pg_read_all_stats TO {me}", can_be_overridden=True)


def _me(session: Session) -> Any:  # noqa: ANN401  # one text
    return session.rows("SELECT pg_catalog.quote_ident(current_user)")[0][0]


PROBE = GateProbe(
    name="statements",
    place=40,
    summary="calls of statements that use what goes, by pg_stat_statements",
    look=look,
)
