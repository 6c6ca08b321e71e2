"""Whether a release lives that would fail without a column that goes.

A release tells what it maps with its signs of life, and puts its name into `application_name`.
Every role may see that name, whatever else of other roles' sessions is hidden from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.model.gate import Look, Reason
from expandcontract.model.plan import Retired

# A table that is mapped without a schema may be the one of any schema.
RELEASES: LiteralString = """
    SELECT r.release, bool_or(r.expires_at > clock_timestamp()),
           count(*) FILTER (WHERE r.expires_at > clock_timestamp()),
           coalesce(string_agg(r.instance, ', ' ORDER BY r.instance)
               FILTER (WHERE r.expires_at > clock_timestamp()), ''),
           extract(epoch FROM clock_timestamp() - max(r.seen_at))::float8,
           bool_or(EXISTS (
               SELECT FROM jsonb_each(m.columns) AS mapped
               WHERE mapped.key IN (%(qualified)s, %(name)s)
                 AND mapped.value @> to_jsonb(%(column)s::text)))
    FROM expandcontract.releases r JOIN expandcontract.mappings m USING (fingerprint)
    GROUP BY r.release ORDER BY r.release
"""
SESSIONS: LiteralString = """
    SELECT application_name, count(*)::integer, string_agg(pid::text, ', ' ORDER BY pid),
           bool_or(backend_type IS NULL)
    FROM pg_catalog.pg_stat_activity
    WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
    GROUP BY application_name ORDER BY application_name
"""
ENDS = "end the old release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is known of a release from its signs of life."""

    name: str
    lives: bool
    processes: int
    instances: str
    seconds: float
    uses: tuple[str, ...]  #: the columns that go and that it maps


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Sessions of one application_name."""

    application: str
    count: int
    pids: str
    is_hidden: bool

    @property
    def release(self) -> str:
        """`2026.11.21` of `shop@2026.11.21`."""
        return self.application.rpartition("@")[2] if "@" in self.application else ""

    def __str__(self) -> str:
        return f"{self.application or 'without a name'} ({self.count}: pid {self.pids})"


def look(asked: Asked) -> Look:
    """Look at the signs of life and at the names of the sessions in this database."""
    if not asked.going:
        return Look(probe=PROBE.name)
    releases = _releases(asked)
    sessions = [
        Sessions(application=row[0] or "", count=row[1], pids=row[2], is_hidden=row[3])
        for row in asked.session.rows(SESSIONS)
    ]
    named = [one for one in sessions if one.release]
    others = [one for one in sessions if not one.release]
    reasons = (*_alive(releases), *_connected(releases, named))
    evidence = {
        "releases_alive": ", ".join(one.name for one in releases.values() if one.lives) or "none",
        "sessions_of_releases": "; ".join(map(str, named)) or "none",
    }
    return Look(
        probe=PROBE.name,
        reasons=reasons,
        evidence=evidence,
        unseen=tuple(_unseen(others, hidden=any(one.is_hidden for one in sessions))),
    )


def _releases(asked: Asked) -> dict[str, Release]:
    found: dict[str, Release] = {}
    for retired in asked.going:
        params = {
            "qualified": f"{retired.table.schema}.{retired.table.name}",
            "name": retired.table.name,
            "column": retired.column,
        }
        for name, lives, processes, instances, seconds, maps in asked.session.rows(
            RELEASES, params
        ):
            before = found[name].uses if name in found else ()
            uses = (*before, _spelled(retired)) if maps else before
            found[name] = Release(
                name=name,
                lives=lives,
                processes=processes,
                instances=instances,
                seconds=seconds,
                uses=uses,
            )
    return found


def _spelled(retired: Retired) -> str:
    return f"{retired.table.plain}.{retired.column}"


def _alive(releases: dict[str, Release]) -> Iterator[Reason]:
    for one in releases.values():
        if one.lives and one.uses:
            text = (
                f"release {one.name} is alive and maps {', '.join(one.uses)} "
                f"({one.processes}: {one.instances}; seen {one.seconds:.0f} s ago)"
            )
            cure = f"{ENDS}; a process that was killed counts as gone after 30 s"
            yield Reason(text, cure, can_be_overridden=True)


def _connected(releases: dict[str, Release], sessions: list[Sessions]) -> Iterator[Reason]:
    for one in sessions:
        release = releases.get(one.release)
        if release is None:
            text = f"{one} names a release that never told what it maps"
            yield Reason(text, "end it, unless it is a new one", can_be_overridden=True)
        elif release.uses:
            text = f"sessions of release {release.name} are open: {one}"
            yield Reason(text, ENDS, can_be_overridden=True)


def _unseen(others: list[Sessions], *, hidden: bool) -> Iterator[str]:
    if others:
        yield f"which release these sessions belong to: {'; '.join(map(str, others))}"
    if hidden:
        yield "what sessions of other roles do (GRANT pg_read_all_stats shows it)"


PROBE = GateProbe(
    name="sessions", place=30, summary="signs of life and sessions of old releases", look=look
)
