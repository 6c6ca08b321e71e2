"""The trigger that keeps wide twins of key columns equal to them; nobody else writes the twins."""

from collections.abc import Iterator
from dataclasses import dataclass

from expandcontract.ddl import probes, triggers
from expandcontract.ddl.sync import PREFIX, SCHEMA, literal_body
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, quoted
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Widening:
    """The columns of a table that have a wide twin; `key` makes the names of the objects."""

    table: TableName
    key: str
    pairs: tuple[tuple[str, str], ...]  #: column, twin

    @property
    def function(self) -> TableName:
        """The function, in our schema."""
        return TableName(f"{PREFIX}{self.key}_widen", SCHEMA)

    @property
    def triggers(self) -> tuple[str, str]:
        """The INSERT and the UPDATE trigger."""
        return f"{PREFIX}{self.key}_insert", f"{PREFIX}{self.key}_update"


def stands(widening: Widening) -> Probe:
    """Whether both triggers are there and enabled."""
    insert, update = widening.triggers
    table = widening.table
    return probes.trigger_exists(table, insert) & probes.trigger_exists(table, update)


def create(widening: Widening) -> Iterator[Statement]:
    """Function and triggers; an update of other columns pays almost nothing."""
    insert, update = widening.triggers
    table, function = widening.table, widening.function
    assigned = "\n".join(f"    NEW.{quoted(n)} := NEW.{quoted(o)};" for o, n in widening.pairs)
    apart = " OR ".join(
        f"NEW.{quoted(n)} IS DISTINCT FROM NEW.{quoted(o)}" for o, n in widening.pairs
    )
    body = f"\nBEGIN\n{assigned}\n    RETURN NEW;\nEND\n"
    yield Statement(
        sql=f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger\n"
        f"LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS {literal_body(body)}"
    )
    for name, event in ((insert, "INSERT"), (update, "UPDATE")):
        yield Statement(
            sql=f"CREATE TRIGGER {quoted(name)} BEFORE {event} ON {table}\n"
            f"FOR EACH ROW WHEN ({apart}) EXECUTE FUNCTION {function}()",
            table=table,
            lock=Lock.SHARE_ROW_EXCLUSIVE,
        )
    yield triggers.fire_always(table, widening.triggers)


def drop(widening: Widening) -> Iterator[Statement]:
    """Triggers and function."""
    return triggers.drop(widening.table, widening.triggers, widening.function)
