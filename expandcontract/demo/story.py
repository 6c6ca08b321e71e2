"""The rename from its first phase to its last, while the application goes on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from expandcontract.demo import proof
from expandcontract.demo.cast import CHANGE, INSTANCES, NEW, OLD, new_release, old_release
from expandcontract.demo.fleet import Fleet
from expandcontract.demo.lag import LagWatch
from expandcontract.demo.summary import Summary, acts
from expandcontract.demo.users import DATABASE, Shop
from expandcontract.embedded import Cluster
from expandcontract.engine.apply import apply_phase, enrol
from expandcontract.engine.events import ChunkDone, Event, Held, StepStarted
from expandcontract.engine.gates import gate
from expandcontract.engine.runner import Runner
from expandcontract.model.gate import Closed
from expandcontract.model.phase import Phase
from expandcontract.pacing.progress import Progress
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

Say = Callable[[str, str], None]
"""Who is speaking, and what there is to say."""

# Shares of the seconds that were asked for; the work of the phases comes on top.
BEFORE, SIDE_BY_SIDE, SWITCHED, AFTER = 0.15, 0.25, 0.35, 0.15
QUIET, QUIET_AT_LEAST, QUIET_AT_MOST = 0.15, 1.0, 5.0
LOOK_AGAIN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How large, and for how long."""

    rows: int
    seconds: float

    @property
    def quiet(self) -> float:
        """Seconds that the old side must rest before contract; in real life, ten minutes."""
        return max(QUIET_AT_LEAST, min(QUIET * self.seconds, QUIET_AT_MOST))


class Story:
    """One demonstration, and what is to be seen of it at any moment."""

    def __init__(self, shop: Shop, wishes: Wishes, fleet: Fleet, lag: LagWatch, say: Say) -> None:
        self.shop, self.wishes, self.fleet, self.lag, self.say = shop, wishes, fleet, lag, say
        self.now = ""  #: what is being done, for a display
        self.copied = Progress(high=None, size=0)
        self.chunks_since = time.monotonic()  #: when the backfill began
        self.rows_at_the_end = 0
        self._durations: dict[str, float] = {}

    def tell(self, cluster: Cluster, session: Session) -> Summary:
        """All of it, in order."""
        quiet = self.wishes.quiet
        runner = Runner(session=session, tell=self._hear, quiet=quiet)
        self._before()
        with self._act("expand"):
            record = enrol(runner, CHANGE)
            record = apply_phase(runner, record, Phase.EXPAND)
        self.say("expand", f"{NEW} stands beside {OLD}, and a trigger keeps both equal")
        record = self._backfill(runner, record)
        self._roll_out()
        with self._act("switch"):
            record = apply_phase(runner, record, Phase.SWITCH)
            self.fleet.wait_until_switched("new")
        self.say("switch", f"both columns compared in every row and equal; {NEW} leads")
        self.say("release 2", f"reads {NEW} from now on")
        found = self._both(runner, record)
        self._retire(runner, record)
        with self._act("after"):
            self._play(AFTER)
        self.fleet.end("new")
        return self._summary([*found, *self._losses(cluster)])

    def _before(self) -> None:
        with self._act("before"):
            for number in range(INSTANCES):
                self.fleet.start(old_release(self.shop, self.wishes.rows, number))
            self.say("release 1", f"{INSTANCES} instances read and write {OLD}")
            self._play(BEFORE)

    def _backfill(self, runner: Runner, record: Record) -> Record:
        with self._act("backfill"):
            self.chunks_since = time.monotonic()
            record = apply_phase(runner, record, Phase.BACKFILL)
        copied = self.copied
        self.say(
            "backfill",
            f"{copied.rows_written:,} rows copied in {copied.chunks} transactions, "
            "then the unique index built",
        )
        return record

    def _roll_out(self) -> None:
        with self._act("both before switch"):
            for number in range(INSTANCES):
                self.fleet.start(new_release(self.shop, self.wishes.rows, number))
            text = f"{INSTANCES} instances come beside release 1; they write {NEW} and read {OLD}"
            self.say("release 2", text)
            self._play(SIDE_BY_SIDE)

    def _both(self, runner: Runner, record: Record) -> list[str]:
        """Both releases, one reading the old column and one the new; what disagrees."""
        with self._act("both after switch"):
            gate(runner, record, Phase.CONTRACT)
            self._play(SWITCHED)
            verdict = gate(runner, record, Phase.CONTRACT)
            for reason in verdict.reasons if isinstance(verdict, Closed) else ():
                self.say("contract", f"may not start: {reason.text}")
            found = proof.agreement(self.shop.owner)
        if not found.holds:
            self.say("proof", f"{OLD} and {NEW} DIFFER in {found.differing:,} rows")
            return [f"{found.differing} rows in which {OLD} and {NEW} differ"]
        self.say("proof", f"{OLD} and {NEW} agree in all {found.rows:,} rows, by count and by hash")
        return []

    def _retire(self, runner: Runner, record: Record) -> None:
        with self._act("gate"):
            self.fleet.end("old")
            self.say("release 1", "its instances end, one after the other")
            self.now = f"waiting until {OLD} has been quiet for {self.wishes.quiet:g} s"
            while isinstance(gate(runner, record, Phase.CONTRACT), Closed):
                self.fleet.check()
                time.sleep(LOOK_AGAIN)
        with self._act("contract"):
            apply_phase(runner, record, Phase.CONTRACT)
        self.say("contract", f"{OLD} and the trigger are gone, {NEW} has taken over its names")

    def _losses(self, cluster: Cluster) -> list[str]:
        """What is not as the application wrote it last; what the standby has otherwise."""
        self.now = "comparing every row with what the application wrote last"
        wanted = proof.expected(self.wishes.rows, self.fleet.written())
        lost = proof.mismatches(self.shop.owner, wanted)
        primary = proof.fingerprint(self.shop.owner)
        cluster.wait_until_replayed()
        for standby in cluster.standbys:
            if proof.fingerprint(standby.dsn_of(DATABASE)) != primary:
                lost.append(f"{standby.name} does not hold the same rows")
        self.rows_at_the_end = primary[0]
        return lost

    def _summary(self, lost: list[str]) -> Summary:
        counted = self.fleet.counted
        return Summary(
            tallies=counted.tallies,
            acts=acts(self._durations, counted),
            errors=tuple(counted.errors),
            highest_lag=self.lag.highest,
            rows=self.copied.rows_written,
            rows_at_the_end=self.rows_at_the_end,
            mismatches=tuple(lost),
        )

    def _play(self, share: float) -> None:
        """Let the application run for a while, and notice when an instance dies."""
        until = time.monotonic() + share * self.wishes.seconds
        while (left := until - time.monotonic()) > 0:
            self.fleet.check()
            time.sleep(min(LOOK_AGAIN, left))

    @contextmanager
    def _act(self, name: str) -> Iterator[None]:
        self.fleet.during(name)
        self.now, begun = name, time.monotonic()
        yield
        self._durations[name] = time.monotonic() - begun

    def _hear(self, event: Event) -> None:
        match event:
            case ChunkDone(step="copy", progress=progress):
                self.copied = progress
                self.now = "backfill"
            case Held(reasons=reasons):
                self.now = f"backfill holds: {'; '.join(reasons)}"
            case StepStarted(summary=summary):
                self.now = summary
            case _:
                pass
