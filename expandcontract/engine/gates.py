"""May the next phase open? Every reason against it, and the evidence that was looked at."""

from collections.abc import Iterator
from typing import LiteralString

from expandcontract.engine.runner import Runner
from expandcontract.errors import TableNotFoundError
from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.gate import Closed, Gate, Open, Reason
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Retired
from expandcontract.postgres import ledger
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

INLINE_BYTES = 8 * 1024 * 1024
"""A table up to this size is filled during `alembic upgrade` itself."""

COUNTER: LiteralString = """
    SELECT coalesce(pg_catalog.pg_sequence_last_value(
        pg_catalog.to_regclass(%(sequence)s)), 0)::text
"""
# PostgreSQL does not record what the body of a function reads, but these run at every write.
NAMED_BY_TRIGGERS: LiteralString = """
    SELECT t.tgname::text, t.tgfoid::pg_catalog.regprocedure::text
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = pg_catalog.to_regclass(%(table)s) AND NOT t.tgisinternal
      AND t.tgname NOT LIKE 'zz\\_ec\\_%%'
      AND pg_catalog.strpos(p.prosrc, %(column)s) > 0
      AND (%(column)s !~ '^\\w+$' OR p.prosrc ~ ('\\m' || %(column)s || '\\M'))
    ORDER BY 1
"""
# A value that is seen again keeps the moment at which it was seen first.
OBSERVE: LiteralString = """
    INSERT INTO expandcontract.observations AS o (change_id, what, value)
    VALUES (%(id)s::bigint, %(what)s, %(value)s)
    ON CONFLICT (change_id, what) DO UPDATE SET
        value = excluded.value, seen_at = clock_timestamp(),
        since = CASE WHEN o.value = excluded.value THEN o.since ELSE clock_timestamp() END
    RETURNING extract(epoch FROM clock_timestamp() - since)::float8
"""
OBSERVED: LiteralString = """
    SELECT extract(epoch FROM clock_timestamp() - since)::float8
    FROM expandcontract.observations
    WHERE change_id = %(id)s::bigint AND what = %(what)s AND value = %(value)s
"""
FORGET: LiteralString = """
    DELETE FROM expandcontract.observations WHERE change_id = %(id)s::bigint AND what = %(what)s
"""
OLD_WRITES = "old_writes"
ALL = 100


def gate(
    runner: Runner,
    record: Record,
    phase: Phase,
    *,
    immediate: bool = False,
    only_looking: bool = False,
) -> Gate:
    """Whether the phase may start now; `immediate` leaves out what only time can prove.

    Only a database whose application has never run may be immediate: one that is being built
    from its first revision. Who is `only_looking` writes nothing.
    """
    reasons: list[Reason] = list(_order(record, phase))
    evidence: dict[str, str] = {}
    if phase is Phase.CONTRACT and not reasons:
        reasons += _hanging(runner.session, record)
        reasons += _reads(runner.session, record)
        if not immediate:
            reasons += _quiet(runner, record, evidence, only_looking=only_looking)
    return Closed(tuple(reasons), evidence) if reasons else Open(evidence)


def inline_gate(runner: Runner, record: Record) -> Gate:
    """Whether a backfill is small enough to be run by the revision that asks for it."""
    reasons = []
    for step in record.plan.of(Phase.BACKFILL):
        if step.backfill is not None:
            table = read_catalog(runner.session, [step.backfill.table]).tables[0]
            if table.bytes > INLINE_BYTES:
                size = f"{table.bytes / 1024 / 1024:.0f} MB"
                text = f"{table.name.plain} has {size}, too much for a deployment to wait for"
                reasons.append(Reason(text, f"run ec backfill {record.name}"))
    return Closed(tuple(reasons)) if reasons else Open()


def _order(record: Record, phase: Phase) -> Iterator[Reason]:
    for before in Phase:
        if (record.reached or 0) < before < phase:
            command = f"ec {before} {record.name}" if before > Phase.EXPAND else "alembic upgrade"
            yield Reason(f"{before} is not over", f"run {command}")


def _reads(session: Session, record: Record) -> Iterator[Reason]:
    """After a kill the application reads the old side, whatever phase is over."""
    if record.reached is not Phase.SWITCH or not record.plan.retires:
        return
    percent, killed = ledger.switch_of(session, record)
    if percent < ALL:
        why = "reads were killed" if killed else f"{percent} % of the reads go to the new side"
        yield Reason(why, f"run ec switch {record.name} --to new, or --to old to go back")


def _hanging(session: Session, record: Record) -> Iterator[Reason]:
    """What was hung on a retiring column after the plan was made would be lost with it."""
    if record.coming_back:
        return  # half way back from contract: what is there, the way back has made
    for retired in record.plan.retires:
        try:
            table = read_catalog(session, [retired.table], portable=True).tables[0]
        except TableNotFoundError as error:
            yield Reason(str(error))
            continue
        if table.find(retired.column) is not None:
            yield from hanging_on(retired, table)
            if not retired.stays:
                yield from _named_by_triggers(session, retired)


def _named_by_triggers(session: Session, retired: Retired) -> Iterator[Reason]:
    params = {"table": str(retired.table), "column": retired.column}
    for trigger, function in session.rows(NAMED_BY_TRIGGERS, params):
        text = f"{function}, which the trigger {trigger} calls, names {retired.column}"
        cure = "every write would fail without it: let it use the new column"
        yield Reason(text, cure, can_be_overridden=True)  # the word may stand in a comment


def hanging_on(retired: Retired, table: Table) -> Iterator[Reason]:
    """Everything on the column that the plan does not carry."""
    column = f"{table.name.plain}.{retired.column}"
    drop = "drop it, or make it on the new column"
    for dependent in table.dependents_of(retired.column):
        if dependent.description in retired.carried:
            continue
        yield Reason(f"{dependent.description} reads {column}", drop)
    now = {} if (left := table.find(retired.column)) is None else left.properties
    for name in retired.properties.keys() | now.keys():
        if retired.properties.get(name) != now.get(name):
            was, is_ = retired.properties.get(name, "none"), now.get(name, "none")
            text = f"the {name} of {column} was {was} when the change began, and is {is_}"
            yield Reason(text, "set it back, or revert the change and start it again")
    names = [index.name for index in table.indexes if retired.column in index.columns]
    names += [
        constraint.name
        for constraint in table.constraints
        if retired.column in constraint.columns and constraint.kind is not ConstraintKind.NOT_NULL
    ]
    for name in dict.fromkeys(names):
        if name not in retired.carried:
            yield Reason(f"{name} was added to {column} after the change began", drop)


def watch_old_writes(session: Session, record: Record) -> None:
    """Begin to count the quiet time: before the switch nothing was counted."""
    session.run(FORGET, {**record.key, "what": OLD_WRITES})
    if (value := _old_writes(session, record)) is not None:
        session.rows(OBSERVE, {**record.key, "what": OLD_WRITES, "value": value})


def _old_writes(session: Session, record: Record) -> str | None:
    sequence = record.plan.counters.get(OLD_WRITES)
    if sequence is None:
        return None
    name = f'expandcontract."{sequence}"'
    return str(session.rows(COUNTER, {"sequence": name})[0][0])


def _quiet(
    runner: Runner, record: Record, evidence: dict[str, str], *, only_looking: bool
) -> Iterator[Reason]:
    """Old code that still writes shows in the trigger's counter."""
    value = _old_writes(runner.session, record)
    if value is None:
        return
    params = {**record.key, "what": OLD_WRITES, "value": value}
    rows = runner.session.rows(OBSERVED if only_looking else OBSERVE, params)
    quiet = float(rows[0][0]) if rows else 0.0
    evidence[OLD_WRITES] = value
    evidence["quiet_seconds"] = f"{quiet:.0f}"
    if quiet < runner.quiet:
        yield Reason(
            f"the old side has been quiet for {quiet:.0f} s of the {runner.quiet:.0f} s required",
            "end the old release, then run ec contract again",
            can_be_overridden=True,
        )
