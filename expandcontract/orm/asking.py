"""What an application asks of the ledger and tells it, on a connection of its own in autocommit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from expandcontract.orm.switches import Position

# The ended ones matter to nobody but an attribute that still names them.
POSITIONS = text("""
    SELECT change_id, name, objects, state, percent, killed, retires
    FROM expandcontract.switches s
    WHERE state NOT IN ('closed', 'reverted')
       OR state = 'closed' AND EXISTS (
           SELECT FROM pg_catalog.unnest(CAST(:wanted AS text[])) AS wanted
           WHERE wanted = s.name OR EXISTS (
               SELECT FROM pg_catalog.unnest(s.objects) AS object
               WHERE object = wanted
                  OR pg_catalog.right(object, pg_catalog.length(wanted) + 1) = '.' || wanted))
    ORDER BY change_id
""")
COLUMNS = text("""
    SELECT CAST(attname AS text) FROM pg_catalog.pg_attribute
    WHERE attrelid = pg_catalog.to_regclass(:table) AND attnum > 0 AND NOT attisdropped
""")
MAPS = text("SELECT expandcontract.maps(:fingerprint, CAST(CAST(:columns AS text) AS jsonb))")
BEAT = text("""
    SELECT expandcontract.beat(:release, :instance, :fingerprint, CAST(:seconds AS integer))
""")
COMPARED = text("""
    SELECT expandcontract.compared(CAST(:change AS bigint), :release, CAST(:compared AS bigint),
                                   CAST(:differing AS bigint))
""")
NO_SCHEMA, NO_TABLE = "3F000", "42P01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One process of a release, and what its code maps."""

    release: str
    instance: str
    fingerprint: str
    columns: dict[str, list[str]]


def sqlstate(error: DBAPIError) -> str | None:
    """The server's code for an error, whatever the driver."""
    original = error.orig
    return getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)


def positions(connection: Connection, wanted: Sequence[str]) -> list[Position]:
    """Every switch that is open, and those of closed changes that are wanted."""
    try:
        rows = connection.execute(POSITIONS, {"wanted": list(wanted)}).all()
    except DBAPIError as error:
        if sqlstate(error) in {NO_SCHEMA, NO_TABLE}:
            return []  # no ledger yet, and so no change
        raise
    return [
        Position(
            change_id=row[0],
            name=row[1],
            objects=tuple(row[2]),
            state=row[3],
            percent=row[4],
            killed=row[5],
            retires=tuple(row[6]),
        )
        for row in rows
    ]


def columns(connection: Connection, table: str) -> frozenset[str]:
    """The columns of a table, which is named as SQL names it."""
    return frozenset(connection.execute(COLUMNS, {"table": table}).scalars())


def beat(connection: Connection, lease: Lease, *, seconds: int) -> tuple[str, ...]:
    """Live so much longer; the tables that other code of the same release maps in another way."""
    params = {
        "release": lease.release,
        "instance": lease.instance,
        "fingerprint": lease.fingerprint,
        "seconds": seconds,
    }
    return tuple(connection.execute(BEAT, params).scalar_one())


def tell_mapping(connection: Connection, lease: Lease) -> None:
    """Say what the code of the release maps; once is enough."""
    document = json.dumps(lease.columns, sort_keys=True)
    connection.execute(MAPS, {"fingerprint": lease.fingerprint, "columns": document})


def tell_compared(connection: Connection, change: int, release: str, counts: Sequence[int]) -> None:
    """Add to the counts of shadow reads."""
    compared, differing = counts
    connection.execute(
        COMPARED,
        {"change": change, "release": release, "compared": compared, "differing": differing},
    )
