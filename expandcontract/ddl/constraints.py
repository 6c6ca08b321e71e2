"""Constraints: added without a look at the rows, validated later, renamed, dropped."""

from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement


def _alter(table: TableName, action: str, lock: Lock = Lock.ACCESS_EXCLUSIVE) -> Statement:
    return Statement(sql=f"ALTER TABLE {table} {action}", table=table, lock=lock)


def add_not_valid(table: TableName, name: str, definition: str) -> Statement:
    """Hold new rows to a constraint; rows that exist are not looked at."""
    return _alter(table, f"ADD CONSTRAINT {quoted(name)} {definition} NOT VALID")


def add(table: TableName, name: str, definition: str) -> Statement:
    """Add a constraint that is proved at once: for a table that is empty, or in nobody's use."""
    builds = definition.startswith(("PRIMARY KEY", "UNIQUE"))
    lock = Lock.SHARE_ROW_EXCLUSIVE if definition.startswith("FOREIGN KEY") else None
    return Statement(
        sql=f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}",
        table=table,
        lock=lock or Lock.ACCESS_EXCLUSIVE,
        scans=True,
        builds_index=builds,
    )


def add_on_only(table: TableName, name: str, definition: str) -> Statement:
    """Add a unique constraint to a partitioned table alone: its partitions attach theirs to it."""
    return Statement(
        sql=f"ALTER TABLE ONLY {table} ADD CONSTRAINT {quoted(name)} {definition}",
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE,
    )


def add_held_by_all(table: TableName, name: str, definition: str) -> Statement:
    """Add a foreign key that every partition holds already: it takes theirs over, unread."""
    sql = f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}"
    return Statement(sql=sql, table=table, lock=Lock.SHARE_ROW_EXCLUSIVE, spreads=True)


def add_not_null_check(table: TableName, name: str, column: str) -> Statement:
    """Refuse nulls in new rows by a check, which can be validated without blocking anybody."""
    return add_not_valid(table, name, f"CHECK ({quoted(column)} IS NOT NULL)")


def add_not_null(table: TableName, name: str, column: str) -> Statement:
    """Refuse nulls under a name (18 and later); a validated check of ours spares the scan."""
    return _alter(table, f"ADD CONSTRAINT {quoted(name)} NOT NULL {quoted(column)}")


def add_not_null_not_valid(table: TableName, name: str, column: str) -> Statement:
    """Refuse nulls in new rows (18 and later); rows that exist are not looked at."""
    return _alter(table, f"ADD CONSTRAINT {quoted(name)} NOT NULL {quoted(column)} NOT VALID")


def validate(table: TableName, name: str) -> Statement:
    """Look at every row while reads and writes go on."""
    action = f"VALIDATE CONSTRAINT {quoted(name)}"
    statement = _alter(table, action, Lock.SHARE_UPDATE_EXCLUSIVE)
    return Statement(sql=statement.sql, table=table, lock=statement.lock, scans=True)


def drop(table: TableName, name: str) -> Statement:
    """Drop a constraint, which may be gone together with its column."""
    return _alter(table, f"DROP CONSTRAINT IF EXISTS {quoted(name)}")


def rename(table: TableName, name: str, to: str) -> Statement:
    """Rename a constraint, and with it the index behind it."""
    return _alter(table, f"RENAME CONSTRAINT {quoted(name)} TO {quoted(to)}")


def rename_on_parts(table: TableName, name: str, to: str) -> Statement:
    """Rename a foreign key on every partition that has it, whichever there are by then."""
    known = f"{literal(str(table))}::pg_catalog.regclass"
    body = (
        "DECLARE part pg_catalog.regclass; BEGIN FOR part IN"
        f" SELECT t.relid FROM pg_catalog.pg_partition_tree({known}) AS t"
        " JOIN pg_catalog.pg_constraint k ON k.conrelid = t.relid"
        f" WHERE k.conname = {literal(name)} LOOP EXECUTE pg_catalog.format("
        "'ALTER TABLE %s RENAME CONSTRAINT %I TO %I', part,"
        f" {literal(name)}, {literal(to)}); END LOOP; END"
    )
    return Statement(sql=f"DO {literal(body)}")


def add_unique_using(table: TableName, name: str, index: str, timing: str = "") -> Statement:
    """Make a valid unique index into a constraint; the index takes the constraint's name."""
    action = f"ADD CONSTRAINT {quoted(name)} UNIQUE USING INDEX {quoted(index)}"
    return _alter(table, f"{action} {timing}".rstrip())


def add_primary_key_using(table: TableName, name: str, index: str, timing: str = "") -> Statement:
    """Make a valid unique index over NOT NULL columns the primary key, under another name."""
    action = f"ADD CONSTRAINT {quoted(name)} PRIMARY KEY USING INDEX {quoted(index)}"
    return _alter(table, f"{action} {timing}".rstrip())


def comment(table: TableName, name: str, text: str) -> Statement:
    """Describe a constraint."""
    return Statement(
        sql=f"COMMENT ON CONSTRAINT {quoted(name)} ON {table} IS {literal(text)}",
        table=table,
        lock=Lock.ACCESS_SHARE,
    )
