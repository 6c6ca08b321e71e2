"""What the sync function does with a row, as PL/pgSQL."""

from expandcontract.ddl.defaults import repeatable
from expandcontract.ddl.sides import ROW, SCHEMA, Side, Sync, changed, disagree, field
from expandcontract.model.names import TableName, literal


def ours(name: str) -> TableName:
    """An object of our schema."""
    return TableName(name, SCHEMA)


def authority_mark(*, new_leads: bool) -> str:
    """The comment in the function's source by which a probe knows who leads."""
    return f"-- authority: {'new' if new_leads else 'old'}"


def function_body(sync: Sync, *, new_leads: bool) -> str:
    """The source: which side a writer meant, and what follows for the other."""
    old_side = sync.old or sync.watched
    return f"""
{_words(sync)}{authority_mark(new_leads=new_leads)}
DECLARE
    old_changed boolean;
    new_changed boolean;
    defaulted record;
BEGIN
    IF TG_OP = 'INSERT' THEN
{_given(sync)}
    ELSE
        old_changed := {changed(old_side)};
        new_changed := {changed(sync.new)};
    END IF;
    IF old_changed AND new_changed THEN
        IF {_conflict(sync)} THEN
{_count(sync.conflicts, "            ")}{_refusal(sync)}
{_assign(sync.old if new_leads else sync.new, "            ")}
        END IF;
{_new_alone(sync, new_leads=new_leads)}
    ELSE{_old_write(sync) if new_leads else ""}
{_assign(sync.new, "        ")}
    END IF;
    RETURN NEW;
END
"""


def _words(sync: Sync) -> str:
    """In an author's query what PL/pgSQL has a variable for is a column, as in the backfill."""
    values = (side.value or "" for side in (*sync.old, *sync.new))
    return "#variable_conflict use_column\n" if any(ROW in value for value in values) else ""


def _given(sync: Sync) -> str:
    """What tells the sides that an INSERT gave: see the docstring of `ddl.sync`."""
    old_side = sync.old or sync.watched
    defaults = [(side, repeatable(side.default)) for side in old_side]
    lines = ["defaulted := NEW;"]
    lines += [
        f"{field('defaulted', side.column)} := {default};"
        for side, default in defaults
        if default is not None
    ]
    told = tuple(side for side, default in defaults if default is not None)
    # Not IS NULL, which is true of a composite value whose fields are all null.
    is_null = "IS NOT DISTINCT FROM NULL"
    missing = " AND ".join(f"{field('NEW', side.column)} {is_null}" for side in sync.new)
    old = [changed(told, "defaulted")] if told else []
    old += [f"({missing})"] if len(told) < len(defaults) else []
    given = f"NOT ({missing})"
    lines += [f"old_changed := {' OR '.join(old)};", f"new_changed := {given};"]
    return "\n".join(f"        {line}" for line in lines)


def _conflict(sync: Sync) -> str:
    """Neither side is what the other one makes of it."""
    if sync.is_copy or sync.is_one_way:
        return disagree(sync.new)
    return f"({disagree(sync.new)}) AND ({disagree(sync.old)})"


def _new_alone(sync: Sync, *, new_leads: bool) -> str:
    """The branch of a row whose new side alone was written."""
    if not sync.is_one_way:
        return f"    ELSIF new_changed THEN\n{_assign(sync.old, '        ')}"
    if new_leads:
        return "    ELSIF new_changed THEN\n        NULL;  -- there is no way back to the old side"
    return (
        "    ELSIF new_changed THEN\n"
        f"        IF {disagree(sync.new)} THEN\n{_count(sync.conflicts, '            ')}"
        f"{_refusal(sync)}\n{_assign(sync.new, '            ')}\n        END IF;"
    )


def _assign(sides: tuple[Side, ...], indent: str) -> str:
    lines = [
        f"{indent}{field('NEW', side.column)} := {side.value};"
        for side in sides
        if side.value is not None
    ]
    return "\n".join(lines or [f"{indent}NULL;"])


def _count(sequence: str, indent: str) -> str:
    name = literal(str(ours(sequence)))
    return f"{indent}PERFORM pg_catalog.nextval({name}::pg_catalog.regclass);"


def _old_write(sync: Sync) -> str:
    if not (sync.old or sync.counted):
        return ""
    counted = f"old_changed AND ({sync.counted})" if sync.counted else "old_changed"
    return f"\n        IF {counted} THEN\n{_count(sync.old_writes, ' ' * 12)}\n        END IF;"


def _refusal(sync: Sync) -> str:
    if not sync.strict:
        return ""
    both = [side.column for side in (*sync.old, *sync.new)]
    text = literal(f"{', '.join(both)} were written differently in one statement")
    hint = literal(f"the change {sync.strict} is strict: write one of its sides")
    return (
        f"\n            RAISE EXCEPTION USING MESSAGE = {text}, HINT = {hint},"
        " ERRCODE = 'integrity_constraint_violation';"
    )
