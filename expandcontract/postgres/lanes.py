"""The lanes of a backfill in the ledger: cut, claimed, advanced, given back.

A lane is leased by itself, with a token that grows with every holder. The checkpoint is saved in
the chunk's own transaction, under the token and from the position that the chunk began at; so
whoever lost the lane, or does not know whether its last COMMIT arrived, cannot write rows twice.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from expandcontract.errors import LaneLostError
from expandcontract.model.backfill import Backfill
from expandcontract.model.walk import Walk, from_documents, to_documents
from expandcontract.postgres import lane_queries as queries
from expandcontract.postgres import leases
from expandcontract.postgres.leases import SECONDS, holder_name
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Params, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A lane that is to be begun."""

    walk: Walk
    stage: int = 0
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was done in one lane."""

    seen: int = 0
    written: int = 0
    failed: int = 0
    chunks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A lane that is ours as long as the token is the newest, and how far it is."""

    record: Record
    step: str
    lane: int
    token: int
    stage: int
    walk: Walk
    seen: int = 0
    written: int = 0
    failed: int = 0
    chunks: int = 0

    @property
    def key(self) -> dict[str, str]:
        """The parameters that name this lane in queries."""
        return {
            **self.record.key,
            "step": self.step,
            "lane": str(self.lane),
            "token": str(self.token),
        }

    @property
    def counts(self) -> Counts:
        """What was done in it, by whomever."""
        return Counts(self.seen, self.written, self.failed, self.chunks)

    @property
    def is_first_turn(self) -> bool:
        """Whether the next chunk finds its pages full."""
        return self.walk.is_first_turn

    def after(self, walk: Walk, *, seen: int, written: int = 0, failed: int = 0) -> "Claimed":
        """The lane one chunk later."""
        return replace(
            self,
            walk=walk,
            seen=self.seen + seen,
            written=self.written + written,
            failed=self.failed + failed,
            chunks=self.chunks + 1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All lanes of a step together."""

    lanes: int
    unfinished: int
    estimated: int | None
    seen: int
    written: int
    failed: int
    chunks: int
    stage: int | None  #: the one that is being worked on
    written_later: int  #: in the stages after the first
    by_lane: Mapping[int, Counts] = field(default_factory=dict)


def begin(
    session: Session, record: Record, step: str, planned: list[Planned], *, first: int = 0
) -> None:
    """Cut the table into lanes, once and for good."""
    for number, lane in enumerate(planned, first):
        found = to_documents(lane.walk)
        params: Params = {
            **record.key,
            "step": step,
            "lane": str(number),
            "stage": str(lane.stage),
            "walk": json.dumps(found.walk),
            "position": _json(found.position),
            "high": _json(found.high),
            "rows": None if lane.rows is None else str(lane.rows),
        }
        session.run(queries.START, params)


def totals(session: Session, record: Record, step: str) -> Totals:
    """How far all lanes are; no lanes at all where nothing began."""
    found = session.rows(queries.TOTALS, {**record.key, "step": step})[0]
    lanes, unfinished, estimated, seen, written, failed, chunks, stage, later, each = found
    return Totals(
        lanes=lanes,
        unfinished=unfinished,
        estimated=estimated,
        seen=seen,
        written=written,
        failed=failed,
        chunks=chunks,
        stage=stage,
        written_later=later,
        by_lane={int(lane): Counts(*counts) for lane, counts in json.loads(each or "{}").items()},
    )


def unfinished_steps(session: Session, record: Record) -> set[str]:
    """The steps of a change whose lanes somebody works on, or could."""
    return {row[0] for row in session.rows(queries.UNFINISHED, record.key)}


def working(session: Session) -> dict[int, str]:
    """Who works on what now, by change: the leader, or those who have lanes where it is gone."""
    return {**dict(session.rows(queries.WORKERS)), **leases.live(session)}


def first_open(session: Session, record: Record, step: str, backfill: Backfill) -> Walk | None:
    """The first lane that is not over, for telling where it stands."""
    rows = session.rows(queries.FIRST_OPEN, {**record.key, "step": step})
    return _walk(rows[0], backfill) if rows else None


def claim(
    session: Session, record: Record, step: str, backfill: Backfill, *, pooled: bool
) -> Claimed | None:
    """Take the next lane that is nobody's; None where there is none now."""
    params = {**record.key, "step": step, "holder": holder_name(), **_lease(pooled=pooled)}
    rows = session.rows(queries.CLAIM, params)
    return _claimed(rows[0], record, step, backfill) if rows else None


def reclaim(session: Session, lane: Claimed, backfill: Backfill, *, pooled: bool) -> Claimed | None:
    """The lane as the ledger holds it, or None where it is over or somebody else's."""
    rows = session.rows(queries.RECLAIM, {**lane.key, **_lease(pooled=pooled)})
    return _claimed(rows[0], lane.record, lane.step, backfill) if rows else None


def save(
    session: Session,
    before: Claimed,
    after: Claimed,
    *,
    pooled: bool,
    timeline: int | None = None,
) -> int | None:
    """The checkpoint, from where we thought it was; raises where the lane is not ours any more.

    Nor on a server of another timeline, to which a pooler may have led us without a word. Gives the
    position of the log, where the server tells it.
    """
    params: Params = {
        **after.key,
        **_lease(pooled=pooled),
        "before": _json(to_documents(before.walk).position),
        "position": _json(to_documents(after.walk).position),
        "seen": str(after.seen),
        "written": str(after.written),
        "failed": str(after.failed),
        "chunks": str(after.chunks),
        "over": str(after.walk.is_finished),
        "timeline": None if timeline is None else str(timeline),
    }
    rows = session.rows(queries.SAVE, params)
    if not rows:
        raise LaneLostError(after.record.name)
    return None if rows[0][0] is None else int(rows[0][0])


def hold(session: Session, lane: Claimed, reasons: tuple[str, ...], *, pooled: bool) -> None:
    """Note why nothing is being done, for whoever asks for the status; the lease goes on."""
    params = {**lane.key, **_lease(pooled=pooled), "reasons": "; ".join(reasons)}
    if session.run(queries.HELD, params) == 0:
        raise LaneLostError(lane.record.name)


def is_first(session: Session, lane: Claimed) -> bool:
    """Whether no lane of its stage comes before it."""
    return bool(session.rows(queries.FIRST_OF_STAGE, {**lane.key, "stage": str(lane.stage)})[0][0])


def finish_stage(session: Session, lane: Claimed) -> None:
    """End this lane, and those of its stage that nobody holds; raises where it is not ours."""
    ended = session.rows(queries.FINISH_STAGE, {**lane.key, "stage": str(lane.stage)})
    if (lane.lane,) not in ended:
        raise LaneLostError(lane.record.name)


def release(session: Session, lane: Claimed) -> None:
    """Give the lane back, for anybody to take."""
    session.run(queries.RELEASE, lane.key)


def forget_stage(session: Session, record: Record, step: str, stage: int) -> None:
    """Take the lanes of a stage away, so that it can be begun anew."""
    session.run(queries.FORGET_STAGE, {**record.key, "step": step, "stage": str(stage)})


def _lease(*, pooled: bool) -> dict[str, str]:
    return {"seconds": str(SECONDS), "pooled": str(pooled)}


def _claimed(row: tuple[Any, ...], record: Record, step: str, backfill: Backfill) -> Claimed:
    lane, token, stage, *place, seen, written, failed, chunks = row
    return Claimed(
        record=record,
        step=step,
        lane=lane,
        token=token,
        stage=stage,
        walk=_walk(place, backfill),
        seen=seen,
        written=written,
        failed=failed,
        chunks=chunks,
    )


def _walk(texts: "list[str | None] | tuple[str | None, ...]", backfill: Backfill) -> Walk:
    walk, position, high = (None if text is None else json.loads(text) for text in texts)
    return from_documents(walk, position, high, backfill.table)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)
