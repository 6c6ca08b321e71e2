"""The trigger that keeps an old and a new shape equal while two releases write.

Which side a writer meant is told by **which value changed**, never by a session setting or by
the column list of its statement: full-row writers name every column. Where both sides changed
and disagree, authority decides: the old side until the switch, the new one after it.

On INSERT "given" cannot be told from "defaulted". The new side has no default while the trigger
stands, so a value there was given; the old side counts as given when it differs from its
default, and one with a default that two evaluations make differently (a sequence, a random
value) counts as given unless the new side is.

The function runs with its owner's rights: a writer needs none on our schema, whatever a database
has revoked. Nobody else may attach it to a table.
"""

import re
from dataclasses import dataclass

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement

SCHEMA = "expandcontract"
PREFIX = "zz_ec_"
"""Triggers fire in the order of their names: ours see what all others made."""

BACKFILL_SETTING = "expandcontract.backfill"
"""Set for the transaction of a chunk, so that the trigger sleeps while we write both sides."""

_CONSTANT = re.compile(
    r"\(?(?P<value>NULL|true|false|-?\d+(\.\d+)?|E?'([^']|'')*')\)?(?P<cast>::[\w\" .()\[\],]+)?"
)
_MOMENT = (
    r"(now\(\)|(transaction|statement)_timestamp\(\)|CURRENT_DATE"
    r"|(CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)(\(\d\))?)"
)
_REPEATABLE = re.compile(
    rf"\(?({_MOMENT}|timezone\('\w+'::text, {_MOMENT}\)|{_MOMENT} AT TIME ZONE '\w+'::text)\)?"
    r"(::(date|timestamp with(out)? time zone))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One synced column, and the expression over NEW that computes it from the other side."""

    column: str
    value: str
    default: str | None = None
    equality_is_identity: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Which columns of a table are kept equal; `key` makes the names of the objects."""

    table: TableName
    key: str
    old: tuple[Side, ...]
    new: tuple[Side, ...]

    @property
    def function(self) -> str:
        """The function's name in our schema."""
        return f"{PREFIX}{self.key}_sync"

    @property
    def triggers(self) -> tuple[str, str]:
        """The INSERT and the UPDATE trigger."""
        return f"{PREFIX}{self.key}_insert", f"{PREFIX}{self.key}_update"

    @property
    def conflicts(self) -> str:
        """The sequence that counts rows on which both sides were written differently."""
        return f"{PREFIX}{self.key}_conflicts"

    @property
    def old_writes(self) -> str:
        """The sequence that counts rows written through the old side after the switch."""
        return f"{PREFIX}{self.key}_old_writes"


def field(record: str, column: str) -> str:
    """A column of NEW or OLD.

    >>> field("NEW", "e mail")
    'NEW."e mail"'
    """
    return f"{record}.{quoted(column)}"


def differs(left: str, right: str, *, equality_is_identity: bool) -> str:
    """Whether two values of one type are not the same; where `=` is looser, byte by byte.

    `*<>` knows no such thing as an output format: text made of a float or a date depends on the
    settings of whoever writes.
    """
    if equality_is_identity:
        return f"{left} IS DISTINCT FROM {right}"
    return f"ROW({left})::record OPERATOR(pg_catalog.*<>) ROW({right})::record"


def repeatable(default: str | None) -> str | None:
    """A default that an INSERT's trigger can evaluate once more, or None where it would differ.

    A cast to a type without a length is left out: the assignment to the column does the same, and
    does not look for the type along a search path.

    >>> repeatable("'good'::mood"), repeatable("(0)::numeric(3,1)"), repeatable(None)
    ("'good'", '(0)::numeric(3,1)', 'NULL')
    >>> repeatable("now()"), repeatable("gen_random_uuid()")
    ('now()', None)
    """
    if default is None:
        return "NULL"
    if constant := _CONSTANT.fullmatch(default):
        has_length = "(" in (constant["cast"] or "")
        return default if has_length else constant["value"]
    return default if _REPEATABLE.fullmatch(default) else None


def _changed(sides: tuple[Side, ...], before: str = "OLD") -> str:
    return " OR ".join(
        differs(
            field(before, side.column),
            field("NEW", side.column),
            equality_is_identity=side.equality_is_identity,
        )
        for side in sides
    )


def _given(sync: Sync) -> str:
    """What tells the sides that an INSERT gave: see the module's docstring."""
    defaults = [(side, repeatable(side.default)) for side in sync.old]
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
    old = [_changed(told, "defaulted")] if told else []
    old += [f"({missing})"] if len(told) < len(defaults) else []
    given = f"NOT ({missing})"
    lines += [f"old_changed := {' OR '.join(old)};", f"new_changed := {given};"]
    return "\n".join(f"        {line}" for line in lines)


def _assign(sides: tuple[Side, ...], indent: str) -> str:
    return "\n".join(f"{indent}{field('NEW', side.column)} := {side.value};" for side in sides)


def _disagree(sides: tuple[Side, ...]) -> str:
    return " OR ".join(
        differs(
            field("NEW", side.column), side.value, equality_is_identity=side.equality_is_identity
        )
        for side in sides
    )


def authority_mark(*, new_leads: bool) -> str:
    """The comment in the function's source by which a probe knows who leads."""
    return f"-- authority: {'new' if new_leads else 'old'}"


def create_function(sync: Sync, *, new_leads: bool) -> Statement:
    """Create or replace the function; replacing it is how authority is flipped."""
    winner = sync.old if new_leads else sync.new
    counted = ""
    if new_leads:
        count = f"PERFORM pg_catalog.nextval({_sequence(sync.old_writes)});"
        counted = f"\n        IF old_changed THEN\n            {count}\n        END IF;"
    body = f"""
{authority_mark(new_leads=new_leads)}
DECLARE
    old_changed boolean;
    new_changed boolean;
    defaulted record;
BEGIN
    IF TG_OP = 'INSERT' THEN
{_given(sync)}
    ELSE
        old_changed := {_changed(sync.old)};
        new_changed := {_changed(sync.new)};
    END IF;
    IF old_changed AND new_changed THEN
        IF {_disagree(sync.new)} THEN
            PERFORM pg_catalog.nextval({_sequence(sync.conflicts)});
{_assign(winner, "            ")}
        END IF;
    ELSIF new_changed THEN
{_assign(sync.old, "        ")}
    ELSE{counted}
{_assign(sync.new, "        ")}
    END IF;
    RETURN NEW;
END
"""
    return Statement(
        sql=f"CREATE OR REPLACE FUNCTION {_ours(sync.function)}() RETURNS trigger\n"
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
        f"{literal_body(body)}"
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


def _ours(name: str) -> TableName:
    return TableName(name, SCHEMA)


def _sequence(name: str) -> str:
    return f"{literal(str(_ours(name)))}::pg_catalog.regclass"


def create(sync: Sync, *, new_leads: bool) -> tuple[Statement, ...]:
    """Counters, function and triggers; CREATE TRIGGER waits for the writers in flight."""
    insert, update = sync.triggers
    function = _ours(sync.function)
    changed = _changed((*sync.old, *sync.new))
    asleep = f"pg_catalog.current_setting({literal(BACKFILL_SETTING)}, true)"
    trigger = Lock.SHARE_ROW_EXCLUSIVE
    return (
        *(
            Statement(sql=f"CREATE SEQUENCE {_ours(name)} MINVALUE 0 START 1")
            for name in (sync.conflicts, sync.old_writes)
        ),
        create_function(sync, new_leads=new_leads),
        Statement(sql=f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC"),
        Statement(
            sql=f"CREATE TRIGGER {quoted(insert)} BEFORE INSERT ON {sync.table}\n"
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
            table=sync.table,
            lock=trigger,
        ),
        Statement(
            sql=f"CREATE TRIGGER {quoted(update)} BEFORE UPDATE ON {sync.table}\n"
            f"FOR EACH ROW WHEN (({changed})\n"
            f"    AND {asleep} IS DISTINCT FROM {literal(sync.key)})\n"
            f"EXECUTE FUNCTION {function}()",
            table=sync.table,
            lock=trigger,
        ),
    )


def drop(sync: Sync) -> tuple[Statement, ...]:
    """Triggers first, then what they call; what somebody has dropped already is no obstacle."""
    return (
        *(
            Statement(
                sql=f"DROP TRIGGER IF EXISTS {quoted(name)} ON {sync.table}",
                table=sync.table,
                lock=Lock.ACCESS_EXCLUSIVE,
            )
            for name in sync.triggers
        ),
        Statement(sql=f"DROP FUNCTION IF EXISTS {_ours(sync.function)}()"),
        Statement(sql=f"DROP SEQUENCE IF EXISTS {_ours(sync.conflicts)}, {_ours(sync.old_writes)}"),
    )
