"""The functions of the triggers between two tables.

Two releases that write one entity at once lock its two rows in opposite orders. So the target's
writer announces itself with an advisory lock on the key before it waits for the source's row, and
the source's writer, who holds that row, never waits for a target's row that is announced: the
announced writer will find the source's values and take over those that it has not changed.
"""

from expandcontract.ddl.crossed import Crossing, Pair, nextval
from expandcontract.ddl.sync import BACKFILL_SETTING, authority_mark, differs, repeatable
from expandcontract.model.names import literal, quoted

WAITS = 400
"""How often the source's writer looks again, 5 ms apart, before it waits as any other would."""


def _sleeping(crossing: Crossing, *commands: str, indent: str = "        ") -> str:
    """Commands at which our own triggers on the other table sleep."""
    setting = literal(BACKFILL_SETTING)
    lines = (
        f"before := pg_catalog.current_setting({setting}, true);",
        f"PERFORM pg_catalog.set_config({setting}, {literal(crossing.key)}, true);",
        *commands,
        f"PERFORM pg_catalog.set_config({setting}, coalesce(before, ''), true);",
    )
    return "\n".join(f"{indent}{line}" for line in lines)


def _hash(crossing: Crossing, record: str, *, of_source: bool) -> str:
    keys = ", ".join(f"{record}.{quoted(s if of_source else t)}" for s, t in crossing.match)
    seed = int(crossing.key, 16)
    return f"pg_catalog.hash_record_extended(ROW({keys}), {seed})"


def _at_target(crossing: Crossing, record: str) -> str:
    return " AND ".join(f"x.{quoted(t)} = {record}.{quoted(s)}" for s, t in crossing.match)


def _at_source(crossing: Crossing, record: str) -> str:
    return " AND ".join(f"s.{quoted(s)} = {record}.{quoted(t)}" for s, t in crossing.match)


def _any(crossing: Crossing, record: str) -> str:
    return " OR ".join(f"{record}.v{at} IS DISTINCT FROM NULL" for at in range(len(crossing.pairs)))


def source_function(crossing: Crossing, *, new_leads: bool) -> str:
    """The source was written: its values go to the target's row."""
    here = ", ".join(f"s.{quoted(p.source)} AS v{at}" for at, p in enumerate(crossing.pairs))
    set_ = ", ".join(f"{quoted(p.target)} = here.v{at}" for at, p in enumerate(crossing.pairs))
    keys = " AND ".join(f"s.{quoted(s)} = NEW.{quoted(s)}" for s, _ in crossing.match)
    columns = ", ".join(quoted(c) for c in (*(t for _, t in crossing.match), *_targets(crossing)))
    values = ", ".join(
        [f"NEW.{quoted(s)}" for s, _ in crossing.match]
        + [f"here.v{at}" for at in range(len(crossing.pairs))]
    )
    fresh = ", ".join(f"{quoted(t)} = excluded.{quoted(t)}" for t in _targets(crossing))
    conflict = ", ".join(quoted(t) for _, t in crossing.match)
    target, at_new = f"{crossing.target} AS x", _at_target(crossing, "NEW")
    differ = crossing.differ("x.%(t)s", "here.%(v)s")
    update = f"UPDATE {target} SET {set_} WHERE {at_new} AND ({differ});"
    insert = (
        f"INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({values})"
        f" ON CONFLICT ({conflict}) DO UPDATE SET {fresh};"
    )
    lock = f"PERFORM FROM {target} WHERE {at_new} FOR NO KEY UPDATE SKIP LOCKED;"
    announced = _hash(crossing, "NEW", of_source=True)
    return f"""
{authority_mark(new_leads=new_leads)}
DECLARE
    here record;
    before text;
    looks integer := 0;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
{_sleeping(crossing, _emptied(crossing))}
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
{_sleeping(crossing, _left_by_source(crossing))}
        RETURN OLD;
    END IF;
    SELECT {here} INTO here FROM {crossing.source} AS s WHERE {keys};
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;{_counted(crossing) if new_leads else ""}{_moved_key(crossing)}
    LOOP
        {lock}
        IF FOUND OR looks >= {WAITS} THEN
{_sleeping(crossing, update, indent="            ")}
            EXIT;
        END IF;
        IF NOT pg_catalog.pg_try_advisory_lock_shared({announced}) THEN
            {nextval(crossing.conflicts)}
            EXIT;
        END IF;
        PERFORM pg_catalog.pg_advisory_unlock_shared({announced});
        PERFORM FROM {target} WHERE {at_new};
        IF NOT FOUND THEN
            IF {_any(crossing, "here")} THEN
{_sleeping(crossing, insert, indent="                ")}
            END IF;
            EXIT;
        END IF;
        looks := looks + 1;
        PERFORM pg_catalog.pg_sleep(0.005);
    END LOOP;
    RETURN NULL;
END
"""


def _targets(crossing: Crossing) -> tuple[str, ...]:
    return tuple(pair.target for pair in crossing.pairs)


def _emptied(crossing: Crossing) -> str:
    if crossing.owns_rows:
        return f"TRUNCATE {crossing.target};"
    nothing = ", ".join(f"{quoted(target)} = NULL" for target in _targets(crossing))
    return f"UPDATE {crossing.target} SET {nothing};"


def _left_by_source(crossing: Crossing) -> str:
    """The source's row goes; a target's row that is there for other columns too stays."""
    here = _at_target(crossing, "OLD")
    if crossing.owns_rows:
        return f"DELETE FROM {crossing.target} AS x WHERE {here};"
    nothing = ", ".join(f"{quoted(target)} = NULL" for target in _targets(crossing))
    return f"UPDATE {crossing.target} AS x SET {nothing} WHERE {here};"


def _moved_key(crossing: Crossing) -> str:
    """A row that gets another key takes the target's row along, or what was in it."""
    changed = " OR ".join(
        f"OLD.{quoted(s)} IS DISTINCT FROM NEW.{quoted(s)}" for s, _ in crossing.match
    )
    keys = ", ".join(f"{quoted(t)} = NEW.{quoted(s)}" for s, t in crossing.match)
    at_old = _at_target(crossing, "OLD")
    move = f"UPDATE {crossing.target} AS x SET {keys} WHERE {at_old};"
    command = move if crossing.owns_rows else _left_by_source(crossing)
    return f"""
    IF TG_OP = 'UPDATE' AND ({changed}) THEN
{_sleeping(crossing, command)}
    END IF;"""


def _counted(crossing: Crossing) -> str:
    """A write through the source after the switch; an INSERT counts unless it gave defaults."""
    given = " OR ".join(
        differs(
            f"here.v{at}",
            f"({repeatable(pair.default) or 'NULL'})",
            equality_is_identity=pair.equality_is_identity,
        )
        if repeatable(pair.default)
        else f"here.v{at} IS DISTINCT FROM NULL"
        for at, pair in enumerate(crossing.pairs)
    )
    return f"""
    IF TG_OP = 'UPDATE' OR {given} THEN
        {nextval(crossing.old_writes)}
    END IF;"""


def target_function(crossing: Crossing) -> str:
    """The target was written: its values go to the source's row."""
    here = ", ".join(f"s.{quoted(p.source)} AS v{at}" for at, p in enumerate(crossing.pairs))
    set_ = ", ".join(f"{quoted(p.source)} = NEW.{quoted(p.target)}" for p in crossing.pairs)
    source, at_new = f"{crossing.source} AS s", _at_source(crossing, "NEW")
    differ = crossing.differ("s.%(s)s", "NEW.%(t)s")
    update = f"UPDATE {source} SET {set_} WHERE {at_new} AND ({differ});"
    filled = "\n".join(
        f"            IF NEW.{quoted(p.target)} IS NOT DISTINCT FROM NULL THEN"
        f" NEW.{quoted(p.target)} := here.v{at}; END IF;"
        for at, p in enumerate(crossing.pairs)
    )
    kept = "\n".join(
        f"            IF NOT ({_changed(p)}) THEN NEW.{quoted(p.target)} := here.v{at}; END IF;"
        for at, p in enumerate(crossing.pairs)
    )
    # An INSERT that meets a row fails, or goes on as an UPDATE, with locks in the order of one.
    there = " AND ".join(f"t.{quoted(t)} = NEW.{quoted(t)}" for _, t in crossing.match)
    changed = " OR ".join(
        f"OLD.{quoted(t)} IS DISTINCT FROM NEW.{quoted(t)}" for _, t in crossing.match
    )
    return f"""
DECLARE
    here record;
    before text;
BEGIN
    IF TG_OP = 'DELETE' THEN
{_sleeping(crossing, _left_by_target(crossing))}
        RETURN NULL;
    ELSIF TG_WHEN = 'AFTER' THEN
{_sleeping(crossing, update)}
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM {crossing.target} AS t WHERE {there};
        IF FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    PERFORM pg_catalog.pg_advisory_xact_lock({_hash(crossing, "NEW", of_source=False)});
    SELECT {here} INTO here FROM {source} WHERE {at_new} FOR NO KEY UPDATE;
    IF TG_OP = 'INSERT' THEN
        IF FOUND THEN
{filled}
        END IF;
        RETURN NEW;
    END IF;
    IF {changed} THEN
{_sleeping(crossing, _left_by_target(crossing))}
    ELSIF FOUND THEN
{kept}
    END IF;
{_sleeping(crossing, update, indent="    ")}
    RETURN NEW;
END
"""


def _changed(pair: Pair) -> str:
    column = quoted(pair.target)
    return differs(f"OLD.{column}", f"NEW.{column}", equality_is_identity=pair.equality_is_identity)


def _left_by_target(crossing: Crossing) -> str:
    """The target's row goes; the source's has what it would have had without it."""
    emptied = ", ".join(
        f"{quoted(pair.source)} = {'DEFAULT' if pair.default else 'NULL'}"
        for pair in crossing.pairs
        if pair.default or not pair.not_null
    )
    if not emptied:
        return "NULL;"
    return f"UPDATE {crossing.source} AS s SET {emptied} WHERE {_at_source(crossing, 'OLD')};"
