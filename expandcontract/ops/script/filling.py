"""A backfill and its verification in a script: a loop over key ranges that commits each of them.

A script cannot read the lag of standbys or size its chunks; who has much data runs the backfill
with `ec backfill` instead.
"""

from expandcontract.changes.base import Change
from expandcontract.ddl.sync import BACKFILL_SETTING
from expandcontract.model.backfill import Backfill, Chunk, Key
from expandcontract.model.names import literal
from expandcontract.model.plan import Step
from expandcontract.ops.script.records import number, set_step
from expandcontract.ops.script.text import CHANGE, Variable, do, fail, inlined
from expandcontract.postgres import copying
from expandcontract.postgres.pieces import Lane

ROWS = 2000
"""A chunk's rows: a tenth of a second on slow disks."""


def fill(change: Change, step: Step, backfill: Backfill) -> str:
    """Write every row that differs, chunk by chunk, unless the ledger says that it was done."""
    lane, width = Lane(backfill), len(backfill.key)
    names = {kind: _variables(kind, width) for kind in ("low", "high", "last")}
    placeholders = {
        f"{kind}{at}": Variable(variable)
        for kind, variables in names.items()
        for at, variable in enumerate(variables)
    }

    def written(sql: str) -> str:
        return inlined(sql, placeholders)

    from_start, after = (written(_update(lane, low)) for low in (None, ()))
    last = {f"high{at}": Variable(name) for at, name in enumerate(names["last"])}
    rest = [inlined(lane.within(Chunk(low, ()))[0], {**placeholders, **last}) for low in (None, ())]
    table, texts, keys = written(lane.table), written(lane.texts), written(lane.keys())
    high, low = ", ".join(names["high"]), names["low"]
    move = "\n    ".join(f"{a} := {b};" for a, b in zip(low, names["high"], strict=True))
    to_last = " ".join(f"{a} := {b};" for a, b in zip(names["high"], names["last"], strict=True))
    at_end = " AND ".join(f"{a} = {b}" for a, b in zip(names["high"], names["last"], strict=True))
    done = inlined(
        "EXISTS (SELECT FROM expandcontract.steps WHERE change_id = %(id)s AND name = %(step)s"
        " AND state = 'done')",
        {"id": Variable(CHANGE), "step": step.name},
    )

    def bound(condition: str) -> str:
        return (
            f"SELECT {texts} INTO {high} FROM {table} WHERE {condition}"
            f" ORDER BY {keys} OFFSET {ROWS - 1} LIMIT 1;"
        )

    body = f"""\
IF ({step.done.inlined()}) OR {done} THEN
    RETURN;
END IF;
IF pg_catalog.current_setting('server_version_num')::integer >= 150000 THEN
    EXECUTE 'SELECT pg_catalog.has_parameter_privilege(''session_replication_role'', ''SET'')'
    INTO ec_silence;
ELSE
    ec_silence := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
END IF;
SELECT {texts} INTO {", ".join(names["last"])} FROM {table}
ORDER BY {written(lane.keys(" DESC"))} LIMIT 1;
WHILE {names["last"][0]} IS NOT NULL LOOP
    PERFORM pg_catalog.set_config({literal(BACKFILL_SETTING)}, {literal(backfill.sync_key)}, true);
    IF ec_silence THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
    END IF;
    IF {low[0]} IS NULL THEN
        {bound(rest[0])}
    ELSE
        {bound(rest[1])}
    END IF;
    IF NOT FOUND THEN
        {to_last}
    END IF;
    IF {low[0]} IS NULL THEN
        {from_start};
    ELSE
        {after};
    END IF;
    COMMIT;
    EXIT WHEN {at_end};
    {move}
END LOOP;
{set_step(step, "done")};"""
    variables = "".join(f"\n{name} text;" for group in names.values() for name in group)
    return do(body, f"{number(change.name)}\nec_silence boolean;{variables}")


def _update(lane: Lane, low: Key | None) -> str:
    """The statement of one chunk, whose bounds are variables."""
    condition = lane.within(Chunk(low, ()))[0]
    if lane.backfill.into is not None:
        return copying.command(lane, lane.backfill.into, condition)
    return f"UPDATE {lane.table} SET {lane.assignments} WHERE {condition} AND ({lane.differs})"


def _variables(kind: str, width: int) -> list[str]:
    return [f"ec_{kind}{at}" for at in range(width)]


def verify(change: Change, step: Step, backfill: Backfill) -> str:
    """Stop where old and new differ in any row."""
    lane = Lane(backfill)
    if backfill.into is None:
        wrong = f"SELECT FROM {lane.table} WHERE {lane.differs}"
    else:
        rows = copying.compared(lane, backfill.into, "true")
        wrong = f"SELECT FROM ({rows}) AS ec WHERE wrong"
    said = f"{change.name}: rows of {backfill.table.plain} do not agree"
    body = f"""\
IF NOT ({step.done.inlined()}) THEN
    IF EXISTS ({inlined(wrong, {})}) THEN
        {fail(said, f"fill them again with: ec backfill {change.name}")};
    END IF;
END IF;
{set_step(step, "done")};"""
    return do(body, number(change.name))
