"""One step as blocks and commands, guarded by its own probe."""

from collections.abc import Iterator

from expandcontract.changes.base import Change
from expandcontract.engine.steps import Work
from expandcontract.model.names import literal
from expandcontract.model.plan import Step
from expandcontract.model.probe import Probe
from expandcontract.ops.script import concurrent, filling
from expandcontract.ops.script.editions import either, run
from expandcontract.ops.script.records import forget_step, number, set_step
from expandcontract.ops.script.text import CHANGE, commands, do, fail, when
from expandcontract.pacing.retry import Patience

Both = tuple[Step, Step]
"""A step for servers before 18, and for those since."""


def forwards(change: Change, both: Both, patience: Patience) -> Iterator[str]:
    """Do a step unless it is done."""
    step = both[0]
    yield comment(f"{step.name}: {step.summary}")
    if step.backfill is not None:
        yield filling.fill(change, step, step.backfill)
    elif step.verification is not None:
        yield filling.verify(change, step, step.verification)
    elif step.transactional:
        if step.further:
            yield _further(step, step.further, step.done)
        yield _in_transaction(change, _work(both[0]), _work(both[1]), patience)
    else:
        yield from concurrent.build(change, step)


def backwards(change: Change, both: Both, patience: Patience) -> Iterator[str]:
    """Take a step back unless it is taken back."""
    step = both[0]
    yield comment(f"{step.name}: taken back")
    if step.stays:
        yield do(commands(when(f"{CHANGE} IS NOT NULL", forget_step(step))), number(change.name))
        return
    work, since = _back(both[0]), _back(both[1])
    if step.further_back:
        yield _further(step, step.further_back, step.reverted)
    if work.is_transactional:
        yield _in_transaction(change, work, since, patience)
    else:
        yield from concurrent.drop(change, step)


def _work(step: Step) -> Work:
    return Work(step=step, statements=step.statements, goal=step.done, state="done")


def _back(step: Step) -> Work:
    return Work(step=step, statements=step.revert, goal=step.reverted, state="reverted")


def _further(step: Step, query: str, goal: Probe) -> str:
    """Commands that are known at that moment only; one that no block may hold is named."""
    late = f"{step.name}: there is a partition that the script does not know"
    again = "run this, and then the script again: "
    body = f"""\
WHILE NOT ({goal.inlined()}) LOOP
    EXECUTE {literal(query)} INTO ec_command;
    EXIT WHEN ec_command IS NULL;
    IF pg_catalog.strpos(ec_command, ' CONCURRENTLY ') > 0 THEN
        RAISE EXCEPTION {literal(late.replace("%", "%%"))}
            USING HINT = {literal(again)} || ec_command;
    END IF;
    EXECUTE ec_command;
END LOOP;"""
    return do(body, "ec_command text;")


def comment(text: str) -> str:
    """A line for people."""
    return f"-- {' '.join(text.split())}"


def _in_transaction(change: Change, work: Work, since: Work, patience: Patience) -> str:
    """All statements commit together; a lock that is not had in time is asked for again.

    The handler's rollback gives back every lock, so that nobody queues behind the pause.
    """
    timeout = patience.patient_lock_timeout if work.stops_nobody else patience.lock_timeout
    goal = either(work.goal.inlined(), since.goal.inlined())
    not_done = f"{work.step.name} ran, but it is not true that {work.step.summary}"
    body = f"""\
LOOP
    BEGIN
        IF NOT ({goal}) THEN
            PERFORM pg_catalog.set_config('lock_timeout', '{timeout * 1000:.0f}ms', true);
{run(work.statements, since.statements)}
            IF NOT ({goal}) THEN
                {fail(not_done)};
            END IF;
        END IF;
        EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
        IF pg_catalog.clock_timestamp() > ec_until THEN
            RAISE;
        END IF;
        PERFORM pg_catalog.pg_sleep({patience.pause} * (0.5 + pg_catalog.random()));
    END;
END LOOP;
IF {CHANGE} IS NOT NULL THEN
{set_step(work.step, work.state)};
END IF;"""
    until = f"pg_catalog.clock_timestamp() + interval '{patience.budget} s'"
    return do(body, f"{number(change.name)}\nec_until timestamptz := {until};")
