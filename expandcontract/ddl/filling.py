"""The triggers that give a column its value where a writer leaves it null.

The value is computed with the writer's own rights and the search path of the change's start, as
that of a default would be. That somebody still leaves the column out is counted by a function of
its own, which runs with its owner's rights and computes nothing.
"""

import re
from dataclasses import dataclass

from expandcontract.ddl.sync import BACKFILL_SETTING, PREFIX, SCHEMA, literal_body
from expandcontract.ddl.tree_probes import stands_on_children
from expandcontract.ddl.triggers import fire_always
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement

_BY_A_WRITER = f"coalesce(pg_catalog.current_setting({literal(BACKFILL_SETTING)}, true), '') = ''"
"""The copy of another change fills what it meets, and is nobody's old code."""


_VARIABLE = re.compile(r"\b(found|new|old|tg_\w+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """A column, the expression of its row that replaces a null, and what it is computed with."""

    table: TableName
    key: str  #: makes the names of the objects
    column: str
    value: str
    search_path: tuple[str, ...]
    others: tuple[TableName, ...] = ()  #: children, to which PostgreSQL hands on no trigger

    @property
    def counter(self) -> str:
        """The sequence that counts the writes that were filled."""
        return f"{PREFIX}{self.key}_old_writes"

    @property
    def functions(self) -> tuple[str, str]:
        """What counts, and what fills."""
        return f"{PREFIX}{self.key}_count", f"{PREFIX}{self.key}_fill"

    @property
    def triggers(self) -> tuple[str, str]:
        """Their triggers; they fire in the order of these names."""
        return self.functions


def create(filler: Filler) -> tuple[Statement, ...]:
    """From now on no writer leaves a null; who tried is counted."""
    count, fill = (f"{SCHEMA}.{quoted(name)}" for name in filler.functions)
    column, table = quoted(filler.column), filler.table
    path = ", ".join(quoted(schema) for schema in ("pg_catalog", *filler.search_path, "pg_temp"))
    counter = f"{SCHEMA}.{quoted(filler.counter)}"
    return (
        Statement(sql=f"CREATE SEQUENCE {counter} MINVALUE 0 START 1"),
        Statement(
            sql=f"CREATE OR REPLACE FUNCTION {count}() RETURNS trigger LANGUAGE plpgsql"
            " SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
            + literal_body(
                f"\nBEGIN\n    PERFORM pg_catalog.nextval('{counter}');\n    RETURN NEW;\nEND\n"
            )
        ),
        Statement(sql=f"REVOKE ALL ON FUNCTION {count}() FROM PUBLIC"),
        Statement(
            sql=f"CREATE OR REPLACE FUNCTION {fill}() RETURNS trigger LANGUAGE plpgsql"
            f" SET search_path = {path} AS "
            + literal_body(
                f"\n{_names(filler)}BEGIN\n    NEW.{column} := (SELECT {filler.value}\n"
                f"        FROM (SELECT NEW.*) AS {quoted(table.name)});\n    RETURN NEW;\nEND\n"
            )
        ),
        *(
            statement
            for of in (table, *filler.others)
            for statement in (
                _trigger(filler, of, filler.triggers[0], count, f" AND {_BY_A_WRITER}"),
                _trigger(filler, of, filler.triggers[1], fill),
                fire_always(of, filler.triggers[1:]),
            )
        ),
    )


def _names(filler: Filler) -> str:
    """What PL/pgSQL has a variable for is a column here, as it is in the backfill."""
    return "#variable_conflict use_column\n" if _VARIABLE.search(filler.value) else ""


def _trigger(
    filler: Filler, table: TableName, name: str, function: str, when: str = ""
) -> Statement:
    condition = f"NEW.{quoted(filler.column)} IS NULL{when}"
    return Statement(
        sql=f"CREATE OR REPLACE TRIGGER {quoted(name)} BEFORE INSERT OR UPDATE ON {table}"
        f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function}()",
        table=table,
        lock=Lock.SHARE_ROW_EXCLUSIVE,
    )


def drop(filler: Filler) -> tuple[Statement, ...]:
    """Take all of it away."""
    return (
        *(
            Statement(
                sql=f"DROP TRIGGER IF EXISTS {quoted(name)} ON {of}",
                table=of,
                lock=Lock.ACCESS_EXCLUSIVE,
            )
            for of in (filler.table, *filler.others)
            for name in filler.triggers
        ),
        *(
            Statement(sql=f"DROP FUNCTION IF EXISTS {SCHEMA}.{quoted(name)}()")
            for name in filler.functions
        ),
        Statement(sql=f"DROP SEQUENCE IF EXISTS {SCHEMA}.{quoted(filler.counter)}"),
    )


def stands(filler: Filler) -> Probe:
    """Whether both triggers are there and enabled, on every child too."""
    here = _stands(filler)
    return here & stands_on_children(filler.table, filler.triggers) if filler.others else here


def _stands(filler: Filler) -> Probe:
    count, fill = filler.triggers
    return Probe(
        "(SELECT count(*) = 2 FROM pg_catalog.pg_trigger"
        " WHERE tgrelid = pg_catalog.to_regclass(%(table)s)"
        " AND tgname IN (%(count)s, %(fill)s) AND tgenabled IN ('O', 'A'))",
        {"table": str(filler.table), "count": count, "fill": fill},
    )


def is_gone(filler: Filler) -> Probe:
    """Whether nothing is left of triggers, functions and counter."""
    count, fill = filler.functions
    return Probe(
        "NOT EXISTS (SELECT FROM pg_catalog.pg_trigger"
        " WHERE tgrelid = pg_catalog.to_regclass(%(table)s) AND tgname IN (%(count)s, %(fill)s))"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n"
        " ON n.oid = p.pronamespace WHERE n.nspname = %(schema)s"
        " AND p.proname IN (%(count)s, %(fill)s))"
        " AND pg_catalog.to_regclass(%(counter)s) IS NULL",
        {
            "table": str(filler.table),
            "count": count,
            "fill": fill,
            "schema": SCHEMA,
            "counter": f'{SCHEMA}."{filler.counter}"',
        },
    )
