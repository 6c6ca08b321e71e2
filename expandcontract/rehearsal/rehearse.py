"""A rehearsal from its beginning to its end."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import psycopg
from alembic.config import Config

from expandcontract.ops.reading.reader import read
from expandcontract.rehearsal import load, rows
from expandcontract.rehearsal.project import project_of, route
from expandcontract.rehearsal.running import carry_out, go_through
from expandcontract.rehearsal.seen import Rehearsal
from expandcontract.rehearsal.staging import Stagehand, stagehand
from expandcontract.rehearsal.target import read_target


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be rehearsed, and how."""

    revisions: tuple[str, ...] = ()
    dsn: str | None = None  #: of the target; None: the history alone
    scratch: str = "embedded"
    database: str = ""  #: where the project has several
    rows: int = 100
    load: bool = False
    seconds: float = 1.0


def rehearse(config: Config, wish: Wish, say: Callable[[str], None]) -> Rehearsal:
    """Carry the pending revisions out where nothing is lost."""
    reading = read(config, lambda _: True, downgrades=False)
    project = project_of(config, reading, wish.database)
    target = None if wish.dsn is None else read_target(wish.dsn, project.versions)
    way = route(project, wish.revisions, None if target is None else target.heads)
    found = Rehearsal(
        target="" if target is None else target.release,
        heads=way.start,
        revisions=tuple((s.name, s.path) for s in way.stages.values() if s.wanted),
    )
    if reading.failure is not None:
        found.notes.append(f"env.py was not run to its end: {reading.failure}")
    if not way.stages:
        return found
    say("starting the scratch server")
    with stagehand(wish.scratch, project, way, wish.dsn, target) as hand:
        found.scratch, found.schema_from = hand.release, hand.schema_from
        if target is not None and target.major != hand.version // 10_000:
            found.notes.append(
                f"the target runs {target.release} and this was {hand.release}: locks and rewrites "
                "may differ"
            )
        _performed(hand, wish, found, say)
    return found


def _performed(hand: Stagehand, wish: Wish, found: Rehearsal, say: Callable[[str], None]) -> None:
    say(f"making a database like the target from {hand.schema_from}")
    hints = _hints(hand) if wish.rows else rows.NO_HINTS
    with hand.database() as address:
        found.notes += _filled(address, wish.rows, hints)
        before = _tables(address)
        carry_out(hand, address, found, say)
        if found.failure is not None or not wish.load:
            return
        hit = load.touched(found, [one.name for one in before])
        oids = {one.oid for one in before if one.name in hit}
        known = {one.oid for one in before}
        new = load.release_of(address, lambda one: one.oid in oids or one.oid not in known)
    with hand.database() as address:
        _filled(address, wish.rows, hints)
        old = load.release_of(address, lambda one: one.name in hit, hints)
        performance = load.Performance(hand, found, old, new, wish.seconds, say)
        load.under_load(performance, address)


def _hints(hand: Stagehand) -> rows.Hints:
    """What made-up rows must be like for what is to come, learnt on empty tables.

    Where these do not even go through, the rehearsal proper says why.
    """
    with hand.database() as address:
        try:
            go_through(hand, address)
        except (Exception, SystemExit):  # noqa: BLE001  # whatever a revision does
            return rows.NO_HINTS
        with closing(psycopg.connect(address, autocommit=True)) as connection:
            return rows.hints_of(connection)


def _filled(address: str, count: int, hints: rows.Hints) -> list[str]:
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        return rows.fill(connection, count, hints)


def _tables(address: str) -> list[rows.Table]:
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        return rows.tables(connection)
