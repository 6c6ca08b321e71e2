"""For how long a verification that found all rows equal is taken for true."""

from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger, observations
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

FRESH = 3600.0
"""Seconds; the trigger keeps true what was true, as long as nobody goes around it."""

VERIFIED, EQUAL = "verified", "equal"


def note_equal(session: Session, record: Record) -> None:
    """Every row was compared, and none differs."""
    observations.see(session, record, {VERIFIED: EQUAL})


def doubt(session: Session, record: Record) -> None:
    """What was verified counts no more."""
    observations.drop(session, record, VERIFIED)


def proved_for(session: Session, record: Record) -> float | None:
    """Seconds since every row was found equal; None where that is not known."""
    return observations.seen_for(session, record, VERIFIED)


def is_fresh(session: Session, record: Record) -> bool:
    """Whether reads may move without comparing all rows again."""
    age = proved_for(session, record)
    return age is not None and age <= FRESH


def doubt_old_steps(session: Session, record: Record) -> None:
    """A switch phase that is gone on with much later compares again."""
    ages = ledger.step_ages(session, record)
    for step in record.plan.of(Phase.SWITCH):
        if step.verification is not None and ages.get(step.name, 0.0) > FRESH:
            ledger.forget_step(session, record, step.name)
