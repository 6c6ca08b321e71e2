"""The trigger that keeps an old and a new shape equal while two releases write.

Which side a writer meant is told by **which value changed**, never by a session setting or by
the column list of its statement: full-row writers name every column. Where both sides changed
and disagree, authority decides: the old side until the switch, the new one after it.

On INSERT "given" cannot be told from "defaulted". The new side has no default while the trigger
stands, so a value there was given; the old side counts as given when it differs from its
default, and one with a default that two evaluations make differently (a sequence, a random
value) counts as given unless the new side is.

The triggers fire in backfills of other changes too, which put the application's own to sleep: what
those write may be what this one computes from.

The function runs with its owner's rights: a writer needs none on our schema, whatever a database
has revoked. Nobody else may attach it to a table.
"""

from expandcontract.ddl.defaults import repeatable
from expandcontract.ddl.sides import PREFIX, SCHEMA, Side, Sync, changed, differs, field
from expandcontract.ddl.sync_body import authority_mark, function_body, ours
from expandcontract.ddl.triggers import fire_always
from expandcontract.model.lock import Lock
from expandcontract.model.names import literal, quoted
from expandcontract.model.statement import Statement

__all__ = [
    "BACKFILL_SETTING",
    "PREFIX",
    "SCHEMA",
    "Side",
    "Sync",
    "authority_mark",
    "create",
    "create_function",
    "differs",
    "drop",
    "field",
    "literal_body",
    "repeatable",
]

BACKFILL_SETTING = "expandcontract.backfill"
"""Set for the transaction of a chunk, so that the trigger sleeps while we write both sides."""


def create_function(sync: Sync, *, new_leads: bool) -> Statement:
    """Create or replace the function; replacing it is how authority is flipped."""
    return Statement(
        sql=f"CREATE OR REPLACE FUNCTION {ours(sync.function)}() RETURNS trigger\n"
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
        f"{literal_body(function_body(sync, new_leads=new_leads))}"
    )


def literal_body(body: str) -> str:
    """Quote a function's source; the tag is one that the source does not hold.

    >>> literal_body("x $ec$ y")
    '$ec1$x $ec$ y$ec1$'
    """
    tag, count = "$ec$", 0
    while tag in body:
        count += 1
        tag = f"$ec{count}$"
    return f"{tag}{body}{tag}"


def create(sync: Sync, *, new_leads: bool) -> tuple[Statement, ...]:
    """Counters, function and triggers; CREATE TRIGGER waits for the writers in flight."""
    insert, update = sync.triggers
    function = ours(sync.function)
    different = changed((*sync.old, *sync.new, *sync.watched))
    asleep = f"pg_catalog.current_setting({literal(BACKFILL_SETTING)}, true)"
    trigger = Lock.SHARE_ROW_EXCLUSIVE
    return (
        *(
            Statement(sql=f"CREATE SEQUENCE {ours(name)} MINVALUE 0 START 1")
            for name in (sync.conflicts, sync.old_writes)
        ),
        create_function(sync, new_leads=new_leads),
        Statement(sql=f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC"),
        *(
            Statement(sql=f"CREATE TRIGGER {sql}", table=table, lock=trigger)
            for table in (sync.table, *sync.others)
            for sql in (
                (
                    f"{quoted(insert)} BEFORE INSERT ON {table}\n"
                    f"FOR EACH ROW EXECUTE FUNCTION {function}()"
                ),
                (
                    f"{quoted(update)} BEFORE UPDATE ON {table}\n"
                    f"FOR EACH ROW WHEN (({different})\n"
                    f"    AND {asleep} IS DISTINCT FROM {literal(sync.key)})\n"
                    f"EXECUTE FUNCTION {function}()"
                ),
            )
        ),
        *(fire_always(table, sync.triggers) for table in (sync.table, *sync.others)),
    )


def drop(sync: Sync) -> tuple[Statement, ...]:
    """Triggers first, then what they call; what somebody has dropped already is no obstacle."""
    return (
        *(
            Statement(
                sql=f"DROP TRIGGER IF EXISTS {quoted(name)} ON {table}",
                table=table,
                lock=Lock.ACCESS_EXCLUSIVE,
            )
            for table in (sync.table, *sync.others)
            for name in sync.triggers
        ),
        Statement(sql=f"DROP FUNCTION IF EXISTS {ours(sync.function)}()"),
        Statement(sql=f"DROP SEQUENCE IF EXISTS {ours(sync.conflicts)}, {ours(sync.old_writes)}"),
    )
