"""The functions of the triggers between two tables.

How they meet without waiting for each other stands in `crossing_waits`.
"""

from expandcontract.ddl.crossed import Crossing, Pair, nextval
from expandcontract.ddl.crossing_waits import VARIABLES, Meeting, source_locked, target_locked
from expandcontract.ddl.sync import BACKFILL_SETTING, authority_mark, differs, repeatable
from expandcontract.model.names import literal, quoted


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
    target, at_new = f"{crossing.target} AS x", crossing.at_target("NEW")
    differ = crossing.differ("x.%(t)s", "here.%(v)s")
    update = f"UPDATE {target} SET {set_} WHERE {at_new} AND ({differ});"
    insert = (
        f"INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({values})"
        f" ON CONFLICT ({conflict}) DO UPDATE SET {fresh};"
    )
    written = Meeting(
        record="NEW",
        lock="NO KEY UPDATE",
        found=_sleeping(crossing, update, indent=" " * 12),
        missing=f"""\
            IF {_any(crossing, "here")} THEN
{_sleeping(crossing, insert, indent=" " * 16)}
            END IF;""",
    )
    left = Meeting(
        record="OLD",
        lock="UPDATE" if crossing.owns_rows else "NO KEY UPDATE",
        found=_sleeping(crossing, _left_by_source(crossing), indent=" " * 12),
        missing="",
    )
    before = f"{_counted(crossing) if new_leads else ''}{_moved_key(crossing)}"
    return f"""
{authority_mark(new_leads=new_leads)}
DECLARE
    here record;
    defaulted record;
    before text;{VARIABLES}
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
{_sleeping(crossing, _emptied(crossing))}
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN{target_locked(crossing, left)}
        RETURN OLD;
    END IF;
    SELECT {here} INTO here FROM {crossing.source} AS s WHERE {keys};
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;{before}{target_locked(crossing, written)}
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
    here = crossing.at_target("OLD")
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
    at_old = crossing.at_target("OLD")
    move = f"UPDATE {crossing.target} AS x SET {keys} WHERE {at_old};"
    command = move if crossing.owns_rows else _left_by_source(crossing)
    return f"""
    IF TG_OP = 'UPDATE' AND ({changed}) THEN
{_sleeping(crossing, command)}
    END IF;"""


def _counted(crossing: Crossing) -> str:
    """A write through the source after the switch; an INSERT counts unless it gave defaults.

    They are assigned, which makes them values of their columns' types, as an INSERT does.
    """
    defaults = [repeatable(pair.default) for pair in crossing.pairs]
    assigned = "".join(
        f"\n        defaulted.{quoted(pair.source)} := {default};"
        for pair, default in zip(crossing.pairs, defaults, strict=True)
        if default is not None
    )
    given = " OR ".join(
        f"here.v{at} IS DISTINCT FROM NULL"
        if default is None
        else differs(
            f"here.v{at}",
            f"defaulted.{quoted(pair.source)}",
            equality_is_identity=pair.equality_is_identity,
        )
        for at, (pair, default) in enumerate(zip(crossing.pairs, defaults, strict=True))
    )
    counted = nextval(crossing.old_writes)
    return f"""
    IF TG_OP = 'UPDATE' THEN
        {counted}
    ELSE
        defaulted := NEW;{assigned}
        IF {given} THEN
            {counted}
        END IF;
    END IF;"""


def target_function(crossing: Crossing) -> str:
    """The target was written: its values go to the source's row."""
    here = ", ".join(f"s.{quoted(p.source)} AS v{at}" for at, p in enumerate(crossing.pairs))
    set_ = ", ".join(f"{quoted(p.source)} = NEW.{quoted(p.target)}" for p in crossing.pairs)
    source, at_new = f"{crossing.source} AS s", crossing.at_source("NEW")
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
    left = source_locked(crossing, "OLD") + "\n" + _sleeping(crossing, _left_by_target(crossing))
    return f"""
DECLARE
    here record;
    before text;
    there boolean;
    went boolean := false;
BEGIN
    IF TG_OP = 'DELETE' THEN{left}
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
    ELSIF {changed} THEN{left}
    END IF;{source_locked(crossing, "NEW", here)}
    IF TG_OP = 'INSERT' THEN
        IF there THEN
{filled}
        END IF;
        RETURN NEW;
    END IF;
    IF went THEN
{_gone(crossing)}
    ELSIF there AND NOT ({changed}) THEN
{kept}
    END IF;
{_sleeping(crossing, update, indent="    ")}
    RETURN NEW;
END
"""


def _gone(crossing: Crossing) -> str:
    """The source's row was deleted meanwhile, and its writer had left the target's to us."""
    if crossing.owns_rows:
        row = f"{crossing.target} AS x WHERE {_same_row(crossing)}"
        return f"{_sleeping(crossing, f'DELETE FROM {row};')}\n        RETURN NULL;"
    return "\n".join(
        f"        IF NOT ({_changed(p)}) THEN NEW.{quoted(p.target)} := NULL; END IF;"
        for p in crossing.pairs
    )


def _same_row(crossing: Crossing) -> str:
    return " AND ".join(f"x.{name} = OLD.{name}" for name in crossing.keys(of_source=False))


def _changed(pair: Pair) -> str:
    column = quoted(pair.target)
    return differs(f"OLD.{column}", f"NEW.{column}", equality_is_identity=pair.equality_is_identity)


def _left_by_target(crossing: Crossing) -> str:
    """The target's row goes; the source's has no values, as one without a row there."""
    emptied = ", ".join(f"{quoted(pair.source)} = NULL" for pair in crossing.pairs)
    here = crossing.at_source("OLD")
    return f"UPDATE {crossing.source} AS s SET {emptied} WHERE {here};"
