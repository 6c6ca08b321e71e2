"""Watches the health of an application while its reads move, and takes them back when it is ill."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from expandcontract.engine.apply import revert_phase
from expandcontract.engine.events import HealthSeen, Returned
from expandcontract.engine.proving import doubt
from expandcontract.engine.reconnecting import Reconnecting
from expandcontract.engine.runner import Runner
from expandcontract.engine.vitals import Vitals
from expandcontract.errors import (
    ArgumentError,
    ConnectionLostError,
    DatabaseError,
    GateClosedError,
    NotWatchedError,
    StoppedError,
    UnhealthyError,
)
from expandcontract.model.phase import Phase
from expandcontract.pacing.vitals import Health, Ill, Pulse, Vital, Well, judge
from expandcontract.postgres import ledger, soaks
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.soaks import Soaking

FOR, EVERY = 600.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What is watched after reads moved, for how long and how often."""

    vitals: tuple[Vital, ...]
    seconds: float = FOR
    every: float = EVERY

    def __post_init__(self) -> None:
        if not self.vitals:
            raise ArgumentError("Soak", "vitals", self.vitals, "one vital or more")
        if len({vital.name for vital in self.vitals}) < len(self.vitals):
            raise ArgumentError("Soak", "vitals", self.vitals, "vitals with names of their own")
        for name, given in (("seconds", self.seconds), ("every", self.every)):
            if not given > 0:
                raise ArgumentError("Soak", name, given, "more than 0")


def refuse_ill(runner: Runner, record: Record, vitals: Iterable[Vital], what: str) -> None:
    """Ask before anything moves: what is ill already cannot say what the move did."""
    health = judge(Vitals(vitals).look_first(runner.session), Pulse()).health
    if not isinstance(health, Well):
        raise GateClosedError(record.name, what, health.reasons)


def begin(runner: Runner, record: Record, soak: Soak) -> Soaking:
    """Write down what is to be watched, so that any process may."""
    session = runner.session
    percent, _ = ledger.switch_of(session, record)
    soaks.begin(session, record, percent, soak.vitals, seconds=soak.seconds, every=soak.every)
    names = ", ".join(vital.name for vital in soak.vitals)
    ledger.tell(session, record, "watched", vitals=names, percent=str(percent))
    return recorded(runner, record)


def recorded(runner: Runner, record: Record) -> Soaking:
    """The soak that is under way."""
    found = soaks.newest(runner.session, record)
    if found is None:
        raise NotWatchedError(record.name, "no switch of it was given a --watch")
    return found


def watch(
    runner: Runner, record: Record, soak: Soaking, known: Mapping[str, Vital] | None = None
) -> None:
    """Look until the soak is over; UnhealthyError once the reads had to be taken back.

    `known` are vitals of the settings, for addresses that the ledger does not hold.
    """
    if not soak.is_open:
        raise NotWatchedError(record.name, str(soak))
    vitals = Vitals([Vital.from_document(one, known or {}) for one in soak.vitals])
    again, pulse = Reconnecting(runner, record.name), Pulse()
    until = runner.clock() + soak.left
    while True:
        begun = runner.clock()
        try:
            if _is_over(runner, record, soak):
                return
            if not isinstance(pulse.health, Ill):  # else the connection was lost on the way back
                pulse = judge(vitals.look(runner.session), pulse)
                _note(runner, record, soak, pulse.health)
            if isinstance(pulse.health, Ill):
                raise _back(runner, record, soak, pulse.health.reasons)
            if begun >= until and isinstance(pulse.health, Well):
                _passed(runner, record, soak)
                return
        except ConnectionLostError as error:
            again.again(runner.session, error)
            continue
        following = begun + soak.every
        # The last look is at the end, however rarely it is looked.
        _rest(runner, record, min(following, until) if begun < until else following)


def _is_over(runner: Runner, record: Record, soak: Soaking) -> bool:
    """Whether there is nothing to take back any more, whoever saw to that."""
    now = ledger.get(runner.session, record.id)
    percent, killed = ledger.switch_of(runner.session, record)
    if now.outcome == "closed" or now.reached is Phase.CONTRACT:
        soaks.end(runner.session, soak, "left")
        return True
    if percent == 0:
        soaks.end(runner.session, soak, "left")
        by = "they were killed" if killed else "they were taken back"
        raise NotWatchedError(record.name, f"no reads go to the new side, {by}")
    found = recorded(runner, record)
    if found.id != soak.id:
        raise NotWatchedError(record.name, "a later switch is watched in its place")
    if not found.is_open:
        raise NotWatchedError(record.name, str(found))
    return False


def _note(runner: Runner, record: Record, soak: Soaking, health: Health) -> None:
    said = health.said if isinstance(health, Well) else health.reasons
    soaks.seen(runner.session, soak, "; ".join(said))
    runner.tell(HealthSeen(record.name, said, is_well=isinstance(health, Well)))


def _passed(runner: Runner, record: Record, soak: Soaking) -> None:
    if soaks.end(runner.session, soak, "passed"):
        ledger.tell(runner.session, record, "stayed well", vitals=soak.names)


def _back(runner: Runner, record: Record, soak: Soaking, reasons: Sequence[str]) -> UnhealthyError:
    """Reads at once, then the authority; the error that says so."""
    session = runner.session
    percent, _ = ledger.switch_of(session, record)
    ledger.kill(session, record)
    doubt(session, record)
    soaks.end(session, soak, "returned")
    detail = {"percent": str(percent), "reasons": "; ".join(reasons)}
    ledger.tell(session, record, "taken back by health", **detail)
    runner.tell(Returned(record.name, percent, tuple(reasons)))
    left = _authority_back(runner, record)
    return UnhealthyError(record.name, tuple(reasons), percent, left)


def _authority_back(runner: Runner, record: Record) -> str:
    """Let the old side lead again; what is left to do where that could not be."""
    now = ledger.get(runner.session, record.id)
    if now.reached is not Phase.SWITCH:
        return ""
    try:
        revert_phase(runner, now, Phase.SWITCH)
        # The revert's position is no kill, and a feature flag would move the reads again.
        ledger.kill(runner.session, record)
    except (DatabaseError, StoppedError) as error:
        return (
            f"nobody reads the new side; it leads still, since {error}\n"
            f"to let the old side lead: ec switch {record.name} --to old"
        )
    return ""


def _rest(runner: Runner, record: Record, until: float) -> None:
    """Until the next look; who is asked to stop leaves the switch where it is, and says so."""
    runner.sleep(max(0.0, until - runner.clock()))
    if runner.asked_to_stop():
        name, percent = record.name, 0
        with suppress(DatabaseError):
            percent, _ = ledger.switch_of(runner.session, record)
        raise StoppedError(
            f"the watch of {name} (reads stay at {percent} %, and nobody watches them now: "
            f"ec watch {name} goes on, ec switch {name} --kill takes them back)"
        )
