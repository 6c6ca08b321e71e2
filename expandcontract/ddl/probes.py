"""The questions; each asks for the end ("are nulls refused?"), not for the object we made."""

import json

from expandcontract.ddl.sync import SCHEMA, Sync, authority_mark
from expandcontract.ddl.tree_probes import stands_on_children
from expandcontract.model.names import TableName
from expandcontract.model.probe import Probe


def column_exists(table: TableName, column: str) -> Probe:
    """Whether the table has the column."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_attribute"
        " WHERE attrelid = pg_catalog.to_regclass(%(table)s) AND attname = %(column)s"
        " AND NOT attisdropped)",
        {"table": str(table), "column": column},
    )


def column_is(table: TableName, column: str, type_: str) -> Probe:
    """Whether the column has that type, spelled as `format_type` does without a search path.

    A session with another path may spell it without the schema.
    """
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_attribute,"
        " LATERAL (SELECT pg_catalog.format_type(atttypid, atttypmod) AS spelled) AS f"
        " WHERE attrelid = pg_catalog.to_regclass(%(table)s) AND attname = %(column)s"
        " AND NOT attisdropped AND atttypid = pg_catalog.to_regtype(%(type)s)"
        " AND (spelled = %(type)s OR pg_catalog.right(%(type)s, pg_catalog.length(spelled) + 1)"
        " = '.' || spelled))",
        {"table": str(table), "column": column, "type": type_},
    )


def enum_has(type_: TableName, labels: tuple[str, ...]) -> Probe:
    """Whether the enum of that name has these values, in this order."""
    return Probe(
        "(SELECT pg_catalog.jsonb_agg(enumlabel ORDER BY enumsortorder) FROM pg_catalog.pg_enum"
        " WHERE enumtypid = pg_catalog.to_regtype(%(enum)s)) IS NOT DISTINCT FROM"
        " %(labels)s::pg_catalog.jsonb",
        {"enum": str(type_), "labels": json.dumps(list(labels), ensure_ascii=False)},
    )


def type_exists(type_: TableName) -> Probe:
    """Whether there is a type of that name."""
    return Probe("pg_catalog.to_regtype(%(name)s) IS NOT NULL", {"name": str(type_)})


def index_method_exists(method: str) -> Probe:
    """Whether the server, with its extensions, has the method: `btree`, `bloom`."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_am WHERE amname = %(method)s AND amtype = 'i')",
        {"method": method},
    )


def nulls_are_refused(table: TableName, column: str) -> Probe:
    """Whether the column is NOT NULL."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_attribute"
        " WHERE attrelid = pg_catalog.to_regclass(%(table)s) AND attname = %(column)s"
        " AND attnotnull)",
        {"table": str(table), "column": column},
    )


def no_null_is_left(table: TableName, column: str) -> Probe:
    """Whether the column is NOT NULL for every row, and not only for new ones (18 and later)."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_attribute a"
        " WHERE a.attrelid = pg_catalog.to_regclass(%(table)s) AND a.attname = %(column)s"
        " AND a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint c"
        " WHERE c.conrelid = a.attrelid AND c.contype = 'n' AND c.conkey = ARRAY[a.attnum]"
        " AND NOT c.convalidated))",
        {"table": str(table), "column": column},
    )


def constraint_exists(table: TableName, name: str) -> Probe:
    """Whether the table has a constraint of that name, valid or not."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_constraint"
        " WHERE conrelid = pg_catalog.to_regclass(%(table)s) AND conname = %(constraint)s)",
        {"table": str(table), "constraint": name},
    )


def constraint_is_valid(table: TableName, name: str) -> Probe:
    """Whether the table has a constraint of that name that holds for every row."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_constraint"
        " WHERE conrelid = pg_catalog.to_regclass(%(table)s) AND conname = %(constraint)s"
        " AND convalidated)",
        {"table": str(table), "constraint": name},
    )


def constraint_is_described(table: TableName, name: str, comment: str) -> Probe:
    """Whether the constraint has that comment."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_constraint"
        " WHERE conrelid = pg_catalog.to_regclass(%(table)s) AND conname = %(constraint)s"
        " AND pg_catalog.obj_description(oid, 'pg_constraint') = %(comment)s)",
        {"table": str(table), "constraint": name, "comment": comment},
    )


def step_is_done(change: str, step: str) -> Probe:
    """Whether the ledger says that a step of the newest change of that name was done.

    For the few ends that the catalog cannot tell from the beginning.
    """
    return Probe(
        "EXISTS (SELECT FROM expandcontract.steps s JOIN expandcontract.changes c"
        " ON c.id = s.change_id WHERE c.name = %(change)s"
        " AND c.outcome IS DISTINCT FROM 'reverted' AND s.name = %(step)s AND s.state = 'done')",
        {"change": change, "step": step},
    )


def index_exists(table: TableName, name: str) -> Probe:
    """Whether the table has an index of that name, valid or not."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_index"
        " WHERE indexrelid = pg_catalog.to_regclass(%(index)s)"
        " AND indrelid = pg_catalog.to_regclass(%(table)s))",
        {"table": str(table), "index": str(TableName(name, table.schema))},
    )


def name_is_free_for_index(table: TableName, name: str) -> Probe:
    """Whether nothing but an index of this table has the name."""
    exists = index_exists(table, name)
    return exists | Probe("pg_catalog.to_regclass(%(index)s) IS NULL", exists.params)


def index_is_valid(table: TableName, name: str) -> Probe:
    """Whether the table has an index of that name that queries may use."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_index"
        " WHERE indexrelid = pg_catalog.to_regclass(%(index)s)"
        " AND indrelid = pg_catalog.to_regclass(%(table)s) AND indisvalid AND indisready)",
        {"table": str(table), "index": str(TableName(name, table.schema))},
    )


def index_is_invalid(table: TableName, name: str) -> Probe:
    """Whether a broken build or drop left an index of that name behind."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_index"
        " WHERE indexrelid = pg_catalog.to_regclass(%(index)s)"
        " AND indrelid = pg_catalog.to_regclass(%(table)s) AND NOT indisvalid)",
        {"table": str(table), "index": str(TableName(name, table.schema))},
    )


def index_is_worked_on(table: TableName, name: str) -> Probe:
    """Whether some session may be building or dropping that index right now.

    Both hold SHARE UPDATE EXCLUSIVE on the table all the time, and the index shows as invalid
    meanwhile. `pg_locks` shows that to every role, the progress views do not. A vacuum of the
    table looks the same; waiting for its end is no loss, since a drop would wait for it too.
    """
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_locks l"
        " ON l.relation = i.indrelid AND l.locktype = 'relation' AND l.granted"
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database"
        " WHERE datname = pg_catalog.current_database())"
        " AND l.mode = 'ShareUpdateExclusiveLock' AND l.pid <> pg_catalog.pg_backend_pid()"
        " WHERE i.indexrelid = pg_catalog.to_regclass(%(index)s)"
        " AND i.indrelid = pg_catalog.to_regclass(%(table)s) AND NOT i.indisvalid)",
        {"table": str(table), "index": str(TableName(name, table.schema))},
    )


def index_is_described(table: TableName, name: str, comment: str) -> Probe:
    """Whether the index has that comment."""
    return Probe(
        "pg_catalog.obj_description(pg_catalog.to_regclass(%(index)s), 'pg_class')"
        " IS NOT DISTINCT FROM %(comment)s",
        {"index": str(TableName(name, table.schema)), "comment": comment},
    )


def trigger_exists(table: TableName, name: str) -> Probe:
    """Whether the table has a trigger of that name that fires for ordinary writers."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_trigger"
        " WHERE tgrelid = pg_catalog.to_regclass(%(table)s) AND tgname = %(trigger)s"
        " AND tgenabled IN ('O', 'A'))",
        {"table": str(table), "trigger": name},
    )


def sync_stands(sync: Sync) -> Probe:
    """Whether both triggers are there and enabled, on every child too."""
    insert, update = sync.triggers
    here = trigger_exists(sync.table, insert) & trigger_exists(sync.table, update)
    return here & stands_on_children(sync.table, sync.triggers) if sync.others else here


def sync_is_gone(sync: Sync) -> Probe:
    """Whether nothing is left of the triggers, the function and the counters."""
    insert, update = sync.triggers
    return Probe(
        "NOT EXISTS (SELECT FROM pg_catalog.pg_trigger"
        " WHERE tgrelid = pg_catalog.to_regclass(%(table)s)"
        " AND tgname IN (%(insert)s, %(update)s))"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n"
        " ON n.oid = p.pronamespace WHERE n.nspname = %(schema)s AND p.proname = %(function)s)"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
        " ON n.oid = c.relnamespace WHERE n.nspname = %(schema)s"
        " AND c.relname IN (%(conflicts)s, %(old_writes)s))",
        {
            "table": str(sync.table),
            "insert": insert,
            "update": update,
            "schema": SCHEMA,
            "function": sync.function,
            "conflicts": sync.conflicts,
            "old_writes": sync.old_writes,
        },
    )


def new_leads(sync: Sync) -> Probe:
    """Whether the sync function gives authority to the new side."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n"
        " ON n.oid = p.pronamespace WHERE n.nspname = %(schema)s AND p.proname = %(function)s"
        " AND pg_catalog.strpos(p.prosrc, %(mark)s) > 0)",
        {
            "schema": SCHEMA,
            "function": sync.function,
            "mark": authority_mark(new_leads=True),
        },
    )
