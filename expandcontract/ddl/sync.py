"""The trigger that keeps an old and a new shape equal while two releases write.

Which side a writer meant is told by **which value changed**, never by a session setting or by
the column list of its statement: full-row writers name every column. Where both sides changed
and disagree, authority decides: the old side until the switch, the new one after it.

On INSERT "given" cannot be told from "defaulted". The new side has no default while the trigger
stands, so a value there was given; the old side counts as given when it differs from its
default, and a default that two evaluations make differently (a sequence, a clock) counts as not
given as soon as the new side is.
"""

from dataclasses import dataclass

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement

SCHEMA = "expandcontract"
BACKFILL_SETTING = "expandcontract.backfill"
"""Set for the transaction of a chunk, so that the trigger sleeps while we write both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One synced column, and the expression over NEW that computes it from the other side."""

    column: str
    value: str
    default: str | None = None
    default_is_constant: bool = True
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
        return f"zz_ec_{self.key}_sync"

    @property
    def triggers(self) -> tuple[str, str]:
        """The INSERT and the UPDATE trigger; `zz` lets them see what other triggers made."""
        return f"zz_ec_{self.key}_insert", f"zz_ec_{self.key}_update"

    @property
    def conflicts(self) -> str:
        """The sequence that counts rows on which both sides were written differently."""
        return f"zz_ec_{self.key}_conflicts"

    @property
    def old_writes(self) -> str:
        """The sequence that counts rows written through the old side after the switch."""
        return f"zz_ec_{self.key}_old_writes"


def field(record: str, column: str) -> str:
    """A column of NEW or OLD.

    >>> field("NEW", "e mail")
    'NEW."e mail"'
    """
    return f"{record}.{quoted(column)}"


def differs(left: str, right: str, *, equality_is_identity: bool) -> str:
    """Whether two values are not the same; types whose `=` is looser are compared as text."""
    if equality_is_identity:
        return f"{left} IS DISTINCT FROM {right}"
    return f"({left})::text IS DISTINCT FROM ({right})::text"


def _changed(sides: tuple[Side, ...]) -> str:
    return " OR ".join(
        differs(
            field("OLD", side.column),
            field("NEW", side.column),
            equality_is_identity=side.equality_is_identity,
        )
        for side in sides
    )


def _old_given(sync: Sync) -> str:
    """Whether an INSERT gave the old side: see the module's docstring."""
    given = [
        differs(
            field("NEW", side.column),
            side.default or "NULL",
            equality_is_identity=side.equality_is_identity,
        )
        for side in sync.old
        if side.default_is_constant
    ]
    missing = " AND ".join(f"{field('NEW', side.column)} IS NULL" for side in sync.new)
    return " OR ".join([f"({missing})", *given])


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
    given = " OR ".join(f"{field('NEW', side.column)} IS NOT NULL" for side in sync.new)
    winner = sync.old if new_leads else sync.new
    counted = (
        f"\n        PERFORM pg_catalog.nextval({_sequence(sync.old_writes)});" if new_leads else ""
    )
    body = f"""
{authority_mark(new_leads=new_leads)}
DECLARE
    old_changed boolean;
    new_changed boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        old_changed := {_old_given(sync)};
        new_changed := {given};
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
    ELSIF old_changed THEN{counted}
{_assign(sync.new, "        ")}
    END IF;
    RETURN NEW;
END
"""
    return Statement(
        sql=f"CREATE OR REPLACE FUNCTION {_ours(sync.function)}() RETURNS trigger\n"
        f"LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS {literal_body(body)}"
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
            statement
            for name in (sync.conflicts, sync.old_writes)
            for statement in (
                Statement(sql=f"CREATE SEQUENCE {_ours(name)} MINVALUE 0 START 1"),
                Statement(sql=f"GRANT USAGE ON SEQUENCE {_ours(name)} TO PUBLIC"),
            )
        ),
        create_function(sync, new_leads=new_leads),
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
    """Triggers first, then what they call."""
    return (
        *(
            Statement(
                sql=f"DROP TRIGGER {quoted(name)} ON {sync.table}",
                table=sync.table,
                lock=Lock.ACCESS_EXCLUSIVE,
            )
            for name in sync.triggers
        ),
        Statement(sql=f"DROP FUNCTION {_ours(sync.function)}()"),
        Statement(sql=f"DROP SEQUENCE {_ours(sync.conflicts)}, {_ours(sync.old_writes)}"),
    )
