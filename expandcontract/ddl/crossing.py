"""The triggers that keep columns of two tables equal: created, replaced, dropped."""

from expandcontract.ddl.crossed import Crossing, ours
from expandcontract.ddl.crossing_functions import source_function, target_function
from expandcontract.ddl.sync import BACKFILL_SETTING, literal_body
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement


def create_functions(crossing: Crossing, *, new_leads: bool) -> tuple[Statement, ...]:
    """Create or replace both functions; replacing them is how authority is flipped."""
    bodies = (source_function(crossing, new_leads=new_leads), target_function(crossing))
    return tuple(
        Statement(
            sql=f"CREATE OR REPLACE FUNCTION {ours(name)}() RETURNS trigger\n"
            "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
            f"{literal_body(body)}"
        )
        for name, body in zip(crossing.functions, bodies, strict=True)
    )


def create(crossing: Crossing, *, new_leads: bool) -> tuple[Statement, ...]:
    """Counters, functions and triggers on both tables, the source's first."""
    counters = (crossing.conflicts, crossing.old_writes)
    return (
        *(Statement(sql=f"CREATE SEQUENCE {ours(c)} MINVALUE 0 START 1") for c in counters),
        *create_functions(crossing, new_leads=new_leads),
        *(
            Statement(sql=f"REVOKE ALL ON FUNCTION {ours(name)}() FROM PUBLIC")
            for name in crossing.functions
        ),
        *on_source(crossing),
        *on_target(crossing),
    )


def _trigger(  # what a trigger is
    table: TableName,
    name: str,
    event: str,
    condition: str,
    function: str,
    *,
    at_end: bool = False,
) -> Statement:
    """A trigger of every row; one that fires `at_end` does so when the transaction commits."""
    kind, deferred = ("CONSTRAINT ", "DEFERRABLE INITIALLY DEFERRED ") if at_end else ("", "")
    return Statement(
        sql=f"CREATE {kind}TRIGGER {quoted(name)} {event} ON {table}\n"
        f"{deferred}FOR EACH ROW WHEN ({condition})\n"
        f"EXECUTE FUNCTION {ours(function)}()",
        table=table,
        lock=Lock.SHARE_ROW_EXCLUSIVE,
    )


def _awake(crossing: Crossing) -> str:
    setting = f"pg_catalog.current_setting({literal(BACKFILL_SETTING)}, true)"
    return f"{setting} IS DISTINCT FROM {literal(crossing.key)}"


def on_source(crossing: Crossing) -> tuple[Statement, ...]:
    """The source's triggers; what an INSERT means is known when its transaction ends."""
    insert, update, delete = crossing.source_triggers
    function, table, awake = crossing.functions[0], crossing.source, _awake(crossing)
    written = " OR ".join(
        [crossing.differ("OLD.%(s)s", "NEW.%(s)s")]
        + [f"OLD.{quoted(s)} IS DISTINCT FROM NEW.{quoted(s)}" for s, _ in crossing.match]
    )
    return (
        _trigger(table, insert, "AFTER INSERT", awake, function, at_end=True),
        _trigger(table, update, "AFTER UPDATE", f"({written}) AND {awake}", function),
        _trigger(table, delete, "BEFORE DELETE", awake, function),
        Statement(
            sql=f"CREATE TRIGGER {quoted(crossing.truncate_trigger)} BEFORE TRUNCATE ON {table}\n"
            f"FOR EACH STATEMENT EXECUTE FUNCTION {ours(function)}()",
            table=table,
            lock=Lock.SHARE_ROW_EXCLUSIVE,
        ),
    )


def on_target(crossing: Crossing) -> tuple[Statement, ...]:
    """The target's triggers."""
    fill, insert, update, delete = crossing.target_triggers
    function, table, awake = crossing.functions[1], crossing.target, _awake(crossing)
    written = " OR ".join(
        [crossing.differ("OLD.%(t)s", "NEW.%(t)s")]
        + [f"OLD.{quoted(t)} IS DISTINCT FROM NEW.{quoted(t)}" for _, t in crossing.match]
    )
    return (
        _trigger(table, fill, "BEFORE INSERT", awake, function),
        _trigger(table, insert, "AFTER INSERT", awake, function),
        _trigger(table, update, "BEFORE UPDATE", f"({written}) AND {awake}", function),
        _trigger(table, delete, "AFTER DELETE", awake, function),
    )


def drop(crossing: Crossing) -> tuple[Statement, ...]:
    """Triggers first, then what they call; what somebody has dropped already is no obstacle."""
    on_tables = (
        (crossing.source, (*crossing.source_triggers, crossing.truncate_trigger)),
        (crossing.target, crossing.target_triggers),
    )
    return (
        *(
            Statement(
                sql=f"DROP TRIGGER IF EXISTS {quoted(name)} ON {table}",
                table=table,
                lock=Lock.ACCESS_EXCLUSIVE,
            )
            for table, names in on_tables
            for name in names
        ),
        *(Statement(sql=f"DROP FUNCTION IF EXISTS {ours(f)}()") for f in crossing.functions),
        Statement(
            sql=f"DROP SEQUENCE IF EXISTS {ours(crossing.conflicts)}, {ours(crossing.old_writes)}"
        ),
    )
