"""One chunk of a backfill: into the rows that are walked, or into those of another table.

A copy into another table locks the walked rows first, as their writers do: who writes one of
them meanwhile waits for the chunk, and then finds the other table's row.
"""

from expandcontract.ddl.sync import differs
from expandcontract.model.backfill import Backfill, BlockChunk, Chunk, Into, OneRow
from expandcontract.model.names import quoted
from expandcontract.postgres import chunks, marking
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import Session


def write(session: Session, lane: Lane, chunk: Chunk | BlockChunk | OneRow) -> int:
    """Write what the chunk's rows call for, wherever it belongs; in the caller's transaction."""
    into = lane.backfill.into
    if into is None:
        return chunks.write(session, lane, chunk)
    condition, params = lane.within(chunk)
    return session.run(command(lane, into, condition), params)


def command(lane: Lane, into: Into, condition: str) -> str:
    """The statement that copies the rows under the condition, and counts those that it wrote."""
    walked = (
        f"SELECT {_values(lane.backfill, into)} FROM {lane.table} WHERE {_meant(lane, condition)}"
        f" ORDER BY {lane.keys()} FOR NO KEY UPDATE OF {lane.alias}"
    )
    target, differ = _escaped(f"{into.table} AS x"), _escaped(_differ(lane.backfill))
    assigned = list(enumerate(column for column, _ in lane.backfill.assignments))
    taken = _escaped(", ".join(f"{quoted(column)} = ec.v{at}" for at, column in assigned))
    updated = f"UPDATE {target} SET {taken} FROM ec WHERE {_escaped(_match(into))} AND ({differ})"
    if not into.inserts:
        return f"WITH ec AS MATERIALIZED ({walked}) {updated}"
    matched = list(enumerate(column for column, _ in into.match))
    columns = _escaped(", ".join(quoted(name) for _, name in (*matched, *assigned)))
    values = ", ".join([f"ec.m{at}" for at, _ in matched] + [f"ec.v{at}" for at, _ in assigned])
    keys = _escaped(", ".join(quoted(name) for _, name in matched))
    fresh = _escaped(", ".join(f"{quoted(c)} = excluded.{quoted(c)}" for _, c in assigned))
    action = f"DO UPDATE SET {fresh} WHERE {_escaped(_differ_from_excluded(lane.backfill))}"
    return (
        f"WITH ec AS MATERIALIZED ({walked})"
        f" INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM ec"
        f" WHERE {_worth(lane.backfill, into)}"
        f" ON CONFLICT ({keys}) {action if assigned else 'DO NOTHING'}"
    )


def compare(session: Session, lane: Lane, chunk: Chunk) -> tuple[int, int, tuple[str, ...]]:
    """Rows of the chunk, rows that differ, and the keys of some that do."""
    into = lane.backfill.into
    if into is None:
        return chunks.compare(session, lane, chunk)
    condition, params = lane.within(chunk)
    rows = session.rows(
        f"SELECT {marking.OURS} count(*), count(*) FILTER (WHERE wrong),"
        f" (array_agg(k) FILTER (WHERE wrong))[1:5]::text[]"
        f" FROM ({compared(lane, into, condition)}) AS ec",
        params,
    )
    seen, differing, samples = rows[0]
    return seen, differing, tuple(samples or ())


def compared(lane: Lane, into: Into, condition: str) -> str:
    """A query of the rows under the condition: key, and whether the other table's row is wrong."""
    walked = (
        f"SELECT {lane.shown_key} AS k, {_values(lane.backfill, into)}"
        f" FROM {lane.table} WHERE {_meant(lane, condition)}"
    )
    missing = _escaped(f"x.{quoted(into.match[0][0])} IS NULL")
    equal = f"NOT ({missing}) AND NOT ({_escaped(_differ(lane.backfill))})"
    wrong = f"NOT ({equal}) AND ({_worth(lane.backfill, into)})"
    return (
        f"SELECT ec.k, {wrong} AS wrong FROM ({walked}) AS ec"
        f" LEFT JOIN {_escaped(str(into.table))} AS x ON {_escaped(_match(into))}"
    )


def _meant(lane: Lane, condition: str) -> str:
    """Of the chunk's rows, those that the backfill is about."""
    where = lane.backfill.where
    return f"{condition} AND ({_escaped(where)}\n)" if where else condition


def _values(backfill: Backfill, into: Into) -> str:
    """What the target's row is found by, and what it gets, computed from the walked row."""
    values = [f"{value} AS m{at}" for at, (_, value) in enumerate(into.match)]
    values += [f"{value} AS v{at}" for at, (_, value) in enumerate(backfill.assignments)]
    return _escaped(", ".join(values))


def _match(into: Into) -> str:
    pairs = enumerate(into.match)
    return " AND ".join(f"x.{quoted(column)} = ec.m{at}" for at, (column, _) in pairs)


def _worth(backfill: Backfill, into: Into) -> str:
    """Whether the target has the row, or should have it."""
    exists = f"EXISTS (SELECT FROM {into.table} AS x WHERE {_match(into)})"
    if into.inserts and not into.sparse:
        return "true"
    values = range(len(backfill.assignments)) if into.inserts else ()
    return _escaped(" OR ".join([exists, *(f"ec.v{at} IS DISTINCT FROM NULL" for at in values)]))


def _differ(backfill: Backfill) -> str:
    pairs = [(column, f"ec.v{at}") for at, (column, _) in enumerate(backfill.assignments)]
    return _compared(backfill, pairs)


def _differ_from_excluded(backfill: Backfill) -> str:
    pairs = [(column, f"excluded.{quoted(column)}") for column, _ in backfill.assignments]
    return _compared(backfill, pairs)


def _compared(backfill: Backfill, pairs: list[tuple[str, str]]) -> str:
    compared = [
        differs(
            f"x.{quoted(column)}",
            value,
            equality_is_identity=column not in backfill.compare_as_text,
        )
        for column, value in pairs
    ]
    return " OR ".join(compared) or "false"


def _escaped(sql: str) -> str:
    """A `%` is doubled for the driver, which looks for parameters."""
    return sql.replace("%", "%%")
