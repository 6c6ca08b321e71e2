"""Questions about the triggers between two tables."""

from expandcontract.ddl import probes
from expandcontract.ddl.crossed import Crossing
from expandcontract.ddl.sync import SCHEMA, authority_mark
from expandcontract.model.probe import Probe


def crossing_stands(crossing: Crossing) -> Probe:
    """Whether all triggers on both tables are there and enabled."""
    tables = (
        (crossing.source, (*crossing.source_triggers, crossing.truncate_trigger)),
        (crossing.target, crossing.target_triggers),
    )
    found = [probes.trigger_exists(table, name) for table, names in tables for name in names]
    stands = found[0]
    for one in found[1:]:
        stands &= one
    return stands


def crossing_is_gone(crossing: Crossing) -> Probe:
    """Whether nothing is left of the triggers, the functions and the counters."""
    out, in_ = crossing.functions
    return Probe(
        "NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p"
        " ON p.oid = g.tgfoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = %(schema)s AND p.proname IN (%(out)s, %(in)s))"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n"
        " ON n.oid = p.pronamespace WHERE n.nspname = %(schema)s"
        " AND p.proname IN (%(out)s, %(in)s))"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
        " ON n.oid = c.relnamespace WHERE n.nspname = %(schema)s"
        " AND c.relname IN (%(conflicts)s, %(old_writes)s))",
        {
            "schema": SCHEMA,
            "out": out,
            "in": in_,
            "conflicts": crossing.conflicts,
            "old_writes": crossing.old_writes,
        },
    )


def target_leads(crossing: Crossing) -> Probe:
    """Whether writes through the source are counted as those of an old release."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n"
        " ON n.oid = p.pronamespace WHERE n.nspname = %(schema)s AND p.proname = %(function)s"
        " AND pg_catalog.strpos(p.prosrc, %(mark)s) > 0)",
        {
            "schema": SCHEMA,
            "function": crossing.functions[0],
            "mark": authority_mark(new_leads=True),
        },
    )
