"""One worker: takes a lane, walks it chunk by chunk, takes the next, until none is left."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from expandcontract.engine.apart import Guard, keep_apart, tell_failed
from expandcontract.engine.attempts import Trouble
from expandcontract.engine.computing import Ahead
from expandcontract.engine.events import ChunkDone, Held, LockAwaited
from expandcontract.engine.glancing import spared
from expandcontract.engine.helm import Helm
from expandcontract.engine.reconnecting import Reconnecting
from expandcontract.engine.resting import rest
from expandcontract.engine.stepping import advanced, blocks_for, next_of, pieces
from expandcontract.errors import (
    ConnectionLostError,
    DatabaseError,
    LaneLostError,
    LockBudgetError,
    ServerRefusedError,
)
from expandcontract.model.lock import Lock
from expandcontract.model.statement import Statement
from expandcontract.model.walk import BlockWalk, KeyWalk
from expandcontract.pacing.retry import GiveUp, decide, is_of_a_row
from expandcontract.pacing.sizes import Sizes
from expandcontract.pacing.throttle import Go, most_bytes
from expandcontract.postgres import lanes
from expandcontract.postgres.blockers import blockers
from expandcontract.postgres.lane_queries import position
from expandcontract.postgres.lanes import Claimed
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.quarantine import Failed
from expandcontract.postgres.session import Session, transaction

ASK_AGAIN = 0.1
"""Seconds between two looks at the pace while it holds."""

TELL_EVERY = 0.5
SKIPPED_AT_MOST = 20
"""Chunks of one block that fail before a walk by blocks leaves the rest to the one by key."""

LONGEST_PAUSE = 8
"""Times the first pause; each failed attempt doubles it."""


@dataclass(slots=True, kw_only=True)
class Worker:
    """Drives lanes on a session of its own: all the waiting, none of the deciding."""

    helm: Helm
    session: Session
    reconnecting: Reconnecting
    leads: bool  #: looks at the ledger and the signals itself
    number: int = 0
    lane: Claimed | None = None
    sizes: Sizes = field(default_factory=Sizes)
    ended: float | None = None  #: when the last chunk was over
    careful: int | None = None  #: rows, while the one that fails is being looked for
    skipped: int = 0
    trouble: Trouble | None = None
    pooled: bool = False
    told: float = field(default=float("-inf"))
    ahead: Ahead | None = None

    def work(self) -> None:
        """Until no lane is left, or somebody else is to go on."""
        self.pooled = self.session.is_pooled()
        try:
            while self.helm.needs(self.number, leads=self.leads):
                self._turn()
        finally:
            self._forget_ahead()
            if self.lane is not None:
                with suppress(DatabaseError):
                    lanes.release(self.session, self.lane)

    def _turn(self) -> None:
        """One piece of work, or one pause; a lost connection is got back."""
        try:
            self._step()
        except ConnectionLostError as error:
            self._forget_ahead()
            self.reconnecting.again(self.session, error)
            with suppress(ConnectionLostError):  # the next turn finds out, and comes back here
                self._take_up()
        except LaneLostError:
            self.lane = None  # somebody else goes on with it, or this is another server
            self._forget_ahead()
            with suppress(ConnectionLostError):
                self.reconnecting.recognise(self.session)

    def _forget_ahead(self) -> None:
        """What was read may be another server's, whose versions of rows mean nothing here."""
        if self.ahead is not None:
            self.ahead.close()
            self.ahead = None

    def _take_up(self) -> None:
        """What became of the last commit: the ledger knows."""
        if self.lane is not None:
            backfill = self.helm.task.backfill
            self.lane = lanes.reclaim(self.session, self.lane, backfill, pooled=self.pooled)

    def _step(self) -> None:
        self.helm.safe_point()
        pace = self.helm.look(self.session) if self.leads else self.helm.pace()
        if self.lane is None:
            self._claim()
        elif self.lane.walk.is_finished:
            lanes.save(
                self.session, self.lane, self.lane, pooled=self.pooled, timeline=self._timeline
            )
            self.lane = None
        elif isinstance(pace, Go):
            self._chunk(self.lane, pace.share)
        else:
            self._hold(self.lane, pace.reasons)

    def _claim(self) -> None:
        task = self.helm.task
        self.careful, self.skipped, self.trouble = None, 0, None
        self.lane = lanes.claim(
            self.session, task.record, task.step.name, task.backfill, pooled=self.pooled
        )
        if self.lane is not None:
            if spared(self.session, task, self.lane):
                self.lane = None
            return
        if lanes.totals(self.session, task.record, task.step.name).unfinished == 0:
            self.helm.finished.set()
        else:
            self.helm.runner.sleep(ASK_AGAIN)

    def _hold(self, lane: Claimed, reasons: tuple[str, ...]) -> None:
        runner = self.helm.runner
        if runner.clock() - self.told >= TELL_EVERY:
            lanes.hold(self.session, lane, reasons, pooled=self.pooled)
            runner.tell(Held(lane.record.name, lane.step, reasons, self.helm.readings))
            self.told = runner.clock()
        runner.sleep(ASK_AGAIN)

    @property
    def _timeline(self) -> int | None:
        """Of the server on which a checkpoint counts."""
        return self.reconnecting.timeline

    def _rows(self, lane: Claimed, share: float = 1.0) -> int:
        """Rows of the next chunk."""
        sizing = self.helm.runner.sizing
        if self.careful is not None:
            return self.careful
        most = most_bytes(self.helm.readings)
        return self.sizes.rows(share, sizing, first_turn=lane.is_first_turn, most_bytes=most)

    def _queries(self, lane: Claimed) -> Lane:
        return pieces(self.helm.task.backfill, lane, fleeting=self.helm.task.fleeting)

    def _chunk(self, lane: Claimed, share: float) -> None:
        """One chunk and its checkpoint in one transaction; or what is done about an error."""
        runner, careful = self.helm.runner, self.careful is not None
        rows, local = self._rows(lane, share), self.helm.task.local
        looking = rows if careful else self.sizes.looking(rows)
        started, guard = runner.clock(), Guard(self.helm.task, runner.most_failures)
        try:
            computed = self._computed(lane, rows, guard)
            started = runner.clock()
            with transaction(self.session, position(self._timeline), **local) as before:
                after = (
                    advanced(self.session, self._queries(lane), lane, rows, looking, guard.write)
                    if computed is None
                    else computed()
                )
                failed = guard.failed
                keep_apart(self.session, self.helm, lane, failed)
                after = replace(after, failed=after.failed + len(failed))
                written = lanes.save(
                    self.session, lane, after, pooled=self.pooled, timeline=self._timeline
                )
        except ServerRefusedError as error:
            if is_of_a_row(error.sqlstate):
                self._isolate(lane, error)
            else:
                self._wait_for_locks(lane, error)
            return
        took, size = runner.clock() - started, 0
        tell_failed(self.helm, lane, failed)
        if written is not None and before is not None:
            size = written - int(before)
            self.helm.wrote(written)
            self.sizes.wrote(rows, size, first_turn=lane.is_first_turn)
        self._resize(lane, after, rows, took)
        self._moved(lane, after, took, share)
        rest(self.helm, took, share, size)

    def _computed(self, lane: Claimed, rows: int, guard: Guard) -> Callable[[], Claimed] | None:
        """What writes a chunk whose values are computed here; None where the server computes."""
        compute, walk = self.helm.runner.compute, lane.walk
        if not self.helm.task.backfill.reads or compute is None or not isinstance(walk, KeyWalk):
            return None
        ahead = self.ahead = self.ahead or Ahead(self.session, compute)
        queries = self._queries(lane)
        batch = ahead.batch(queries, lane, walk, rows)
        ready = batch.computed(queries, whole=self.careful is None)

        def write() -> Claimed:
            written, withheld = ahead.write(self.session, queries, ready)
            guard.withheld += withheld
            return lane.after(batch.after, seen=batch.seen, written=written)

        return write

    def _moved(self, lane: Claimed, after: Claimed, took: float, share: float = 1.0) -> None:
        runner = self.helm.runner
        self.lane = None if after.walk.is_finished else after
        self.trouble = None
        now = runner.clock()
        if self.ended is not None:
            self.sizes.passed(took, now - self.ended)
        self.ended = now
        progress = self.helm.tally.moved(after.lane, after.counts)
        readings = self.helm.readings
        runner.tell(ChunkDone(lane.record.name, lane.step, progress, took, share, readings))

    def _resize(self, lane: Claimed, after: Claimed, rows: int, took: float) -> None:
        """By the time that the whole transaction took, commit included."""
        sizing, first = self.helm.runner.sizing, lane.is_first_turn
        if self.careful is not None:
            full = self.sizes.full(sizing, first_turn=first)
            self.careful = None if self.careful * 2 >= full else self.careful * 2
        elif lane.stage == 0 or after.written > lane.written:
            self.sizes.took(rows, took, sizing, first_turn=first)
        else:
            self.sizes.looked(took, sizing)

    def _wait_for_locks(self, lane: Claimed, error: ServerRefusedError) -> None:
        """Pause, longer each time, and try half as much; or raise what was met."""
        runner = self.helm.runner
        trouble = self.trouble or Trouble(since=runner.clock())
        self.trouble = trouble
        trouble.tries += 1
        spent = runner.clock() - trouble.since
        patience, jitter = runner.patience, runner.jitter()
        verdict = decide(error.sqlstate, spent=spent, patience=patience, jitter=jitter)
        if isinstance(verdict, GiveUp) and not verdict.spent:
            raise error
        # Whoever has written rows and not ended its transaction may be in the way.
        rows = Statement(sql="", table=lane.walk.table, lock=Lock.EXCLUSIVE)
        trouble.seen = blockers(self.session, [rows]) or trouble.seen
        if isinstance(verdict, GiveUp):
            raise LockBudgetError(lane.step, trouble.tries, spent, trouble.seen) from error
        reasons = (f"rows are locked by {', '.join(trouble.seen) or 'others'}",)
        lanes.hold(self.session, lane, reasons, pooled=self.pooled)
        runner.tell(LockAwaited(lane.record.name, lane.step, trouble.tries, trouble.seen))
        self.careful = max(runner.sizing.smallest, self._rows(lane) // 2)
        runner.sleep(verdict.seconds * min(LONGEST_PAUSE, 2 ** (trouble.tries - 1)))

    def _isolate(self, lane: Claimed, error: ServerRefusedError) -> None:
        """Half as many rows, until it is one; that one is kept apart, and the others go on."""
        walk, tried = lane.walk, self._rows(lane)
        if not self.helm.task.backfill.key:
            raise error
        smallest = blocks_for(walk, tried) == 1 if isinstance(walk, BlockWalk) else tried == 1
        if not smallest:
            self.careful = tried // 2
        elif isinstance(walk, KeyWalk):
            self._quarantine(lane, walk, error)
        else:
            self._skip(lane, walk)

    def _skip(self, lane: Claimed, walk: BlockWalk) -> None:
        """The rows of a block are left to the walk along the key, which can tell them apart."""
        self.skipped += 1
        moved = walk.moved(walk.chunk(1), 0)
        after = lane.after(moved if self.skipped < SKIPPED_AT_MOST else walk.given_up, seen=0)
        with transaction(self.session, **self.helm.task.local):
            lanes.save(self.session, lane, after, pooled=self.pooled, timeline=self._timeline)
        self._moved(lane, after, 0.0)

    def _quarantine(self, lane: Claimed, walk: KeyWalk, error: ServerRefusedError) -> None:
        """Keep the row's key and error; position and quarantine are saved together.

        Where the row is gone meanwhile, and no other has its turn, there is none to keep: the last
        key of a window may be a row of another turn.
        """
        if walk.high is None:
            raise error
        with transaction(self.session, **self.helm.task.local):
            key = next_of(self.session, self._queries(lane), walk)
            failed = [] if key is None else [Failed(key, error.sqlstate, error.message)]
            keep_apart(self.session, self.helm, lane, failed)
            many = len(failed)
            moved = walk.moved(key or walk.top, many)
            after = lane.after(moved, seen=0 if lane.stage else many, failed=many)
            lanes.save(self.session, lane, after, pooled=self.pooled, timeline=self._timeline)
        self.careful = 1
        tell_failed(self.helm, lane, failed)
        self._moved(lane, after, 0.0)
