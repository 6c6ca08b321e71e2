"""The triggers that let one table follow another, row by row: nobody else writes the follower."""

from collections.abc import Iterator
from dataclasses import dataclass

from expandcontract.ddl import probes, triggers
from expandcontract.ddl.sync import PREFIX, SCHEMA, literal_body
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, quoted
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A table, the one that follows it, and the unique key by which a row is found there."""

    source: TableName
    target: TableName
    key: str  #: of the names of our objects
    match: tuple[str, ...]
    others: tuple[str, ...]  #: every other column that is not generated

    @property
    def function(self) -> TableName:
        """The function, in our schema."""
        return TableName(f"{PREFIX}{self.key}_mirror", SCHEMA)

    @property
    def triggers(self) -> tuple[str, str]:
        """The trigger of every row, and the one of TRUNCATE."""
        return f"{PREFIX}{self.key}_mirror", f"{PREFIX}{self.key}_truncate"


def stands(mirror: Mirror) -> Probe:
    """Whether both triggers are there and enabled."""
    row, truncate = mirror.triggers
    source = mirror.source
    return probes.trigger_exists(source, row) & probes.trigger_exists(source, truncate)


def create(mirror: Mirror) -> Iterator[Statement]:
    """Function and triggers; they fire after the row is written, and last."""
    row, truncate = mirror.triggers
    yield Statement(
        sql=f"CREATE OR REPLACE FUNCTION {mirror.function}() RETURNS trigger\n"
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
        f"{literal_body(_body(mirror))}"
    )
    yield Statement(sql=f"REVOKE ALL ON FUNCTION {mirror.function}() FROM PUBLIC")
    for name, event, each in (
        (row, "AFTER INSERT OR UPDATE OR DELETE", "ROW"),
        (truncate, "AFTER TRUNCATE", "STATEMENT"),
    ):
        yield Statement(
            sql=f"CREATE TRIGGER {quoted(name)} {event} ON {mirror.source}\n"
            f"FOR EACH {each} EXECUTE FUNCTION {mirror.function}()",
            table=mirror.source,
            lock=Lock.SHARE_ROW_EXCLUSIVE,
        )


def _body(mirror: Mirror) -> str:
    columns = (*mirror.match, *mirror.others)
    names = ", ".join(quoted(column) for column in columns)
    values = ", ".join(f"NEW.{quoted(column)}" for column in columns)
    fresh = ", ".join(f"{quoted(column)} = excluded.{quoted(column)}" for column in mirror.others)
    action = f"DO UPDATE SET {fresh}" if fresh else "DO NOTHING"
    keys = ", ".join(quoted(column) for column in mirror.match)
    at_old = " AND ".join(f"x.{quoted(column)} = OLD.{quoted(column)}" for column in mirror.match)
    moved = " OR ".join(
        f"OLD.{quoted(column)} IS DISTINCT FROM NEW.{quoted(column)}" for column in mirror.match
    )
    left = " AND ".join(f"s.{quoted(column)} = OLD.{quoted(column)}" for column in mirror.match)
    delete = f"DELETE FROM {mirror.target} AS x WHERE {at_old};"
    return f"""
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE {mirror.target};
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        {delete}
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        IF ({moved}) AND NOT EXISTS (SELECT FROM {mirror.source} AS s WHERE {left}) THEN
            {delete}
        END IF;
    END IF;
    INSERT INTO {mirror.target} ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})
    ON CONFLICT ({keys}) {action};
    RETURN NULL;
END
"""


def drop(mirror: Mirror) -> Iterator[Statement]:
    """Triggers and function."""
    return triggers.drop(mirror.source, mirror.triggers, mirror.function)
