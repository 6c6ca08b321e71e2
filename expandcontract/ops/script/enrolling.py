"""How a script freezes its plan, or finds that the plan in the ledger is the same."""

import json
from collections.abc import Callable

from expandcontract.changes.base import Change
from expandcontract.changes.document import to_document
from expandcontract.model.names import literal
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Retired
from expandcontract.ops.script.editions import Editions, either
from expandcontract.ops.script.records import ID, find, tell
from expandcontract.ops.script.text import CHANGE, Variable, commands, do, fail, inlined, when
from expandcontract.postgres import ledger_queries as queries

ONLINE = "run this revision online: alembic upgrade, without --sql"

SHAPE = """
    SELECT jsonb_build_object(
        'claims', %(plan)s->'claims', 'counters', %(plan)s->'counters',
        'retires', (SELECT jsonb_agg(r - 'properties' - 'definitions' ORDER BY r)
                    FROM jsonb_array_elements(%(plan)s->'retires') AS r),
        'steps', (SELECT jsonb_agg(jsonb_build_array(s->'name', s->'phase') ORDER BY at)
                  FROM jsonb_array_elements(%(plan)s->'steps') WITH ORDINALITY AS s (s, at)))
"""
"""What two plans must have in common, for a script to go on with the one that is not its own.

Their texts may differ: a plan that was made online has the server's spelling of expressions.
"""

# As `Column.properties` has them, but for the collation and the default.
PROPERTIES = """
    SELECT jsonb_strip_nulls(jsonb_build_object(
            'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
            'NOT NULL', CASE WHEN a.attnotnull THEN 'set' END,
            'comment', pg_catalog.col_description(a.attrelid, a.attnum),
            'statistics target', nullif(a.attstattarget, -1)::text,
            'storage', CASE WHEN a.attstorage <> t.typstorage THEN
                CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END END,
            'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
            'options', pg_catalog.array_to_string(a.attoptions, ', '),
            'privileges', pg_catalog.array_to_string(a.attacl, ', '))),
        pg_catalog.pg_get_expr(d.adbin, d.adrelid)
    INTO ec_found, ec_default
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = pg_catalog.to_regclass(%(table)s) AND a.attname = %(column)s
        AND NOT a.attisdropped
"""


def enrol(change: Change, plan: Editions) -> str:
    """Freeze the plan and claim its columns, or find the same plan frozen already."""
    add = inlined(
        queries.ADD,
        {
            "name": change.name,
            "kind": change.kind,
            "definition": json.dumps(to_document(change)),
            "objects": json.dumps([".".join(claim) for claim in plan.before.claims]),
            "plan": Variable("ec_plan"),
            "fingerprint": Variable(_either(plan, lambda one: one.fingerprint)),
            "owner": change.owner or None,
            "contract_by": change.contract_by.isoformat() if change.contract_by else None,
        },
    )
    body = commands(
        "LOCK TABLE expandcontract.claims IN SHARE ROW EXCLUSIVE MODE",
        when(f"{CHANGE} IS NOT NULL", commands(_same_plan(change, plan), "RETURN")),
        f"ec_plan := {_document(plan)}",
        *(
            when(
                f"NOT ({assumption.probe.inlined()})",
                f"{fail(f'the plan of {change.name} does not fit: {assumption.text}')};",
            )
            for assumption in plan.before.assumptions
        ),
        *(
            command
            for at, retired in enumerate(plan.before.retires)
            if retired.properties
            for command in _as_known(change, at, retired, _loosened(plan, retired))
        ),
        f"{add} INTO {CHANGE}",
        *(_claim(change, *claim) for claim in plan.before.claims),
        tell("planned"),
    )
    return do(body, f"{find(change.name)}\nec_found jsonb;\nec_default text;")


def require(change: Change, plan: Editions, phase: Phase) -> str:
    """Stop unless the phases before this one are over, by the same plan."""
    first = Phase(phase - 1)
    while first > Phase.EXPAND and not plan.before.of(first):
        first = Phase(first - 1)  # without steps, it is over with the one before it
    before = ", ".join(f"'{one}'" for one in Phase if one >= first)
    not_over = f"{first} of {change.name} is not over"
    return do(
        commands(
            when(f"{CHANGE} IS NULL", fail(f"{change.name} was not expanded") + ";"),
            _same_plan(change, plan),
            when(f"ec_reached NOT IN ({before})", fail(not_over) + ";"),
        ),
        find(change.name),
    )


def _same_plan(change: Change, plan: Editions) -> str:
    theirs = inlined(SHAPE, {"plan": Variable("ec_plan")})
    ours = inlined(SHAPE, {"plan": Variable(f"({_document(plan)})")})
    said = f"{change.name} was started with another plan than the one in this script"
    return when(f"({theirs}) <> ({ours})", fail(said, ONLINE) + ";")


def _loosened(plan: Editions, retired: Retired) -> frozenset[str]:
    """What the change itself takes from the column before contract compares it."""
    steps = {step.name for step in plan.before.steps}
    return frozenset({"NOT NULL"} if f"nullable {retired.column}" in steps else ())


def _as_known(
    change: Change, at: int, retired: Retired, loosened: frozenset[str]
) -> tuple[str, ...]:
    """The column that goes must be as the revisions say; its default is kept as the server has it.

    The gate of contract compares both once more, to notice what was changed meanwhile.
    """
    column = f"{retired.table.plain}.{retired.column}"
    known = {k: v for k, v in retired.properties.items() if k not in {"default", "collation"}}
    params = {"table": str(retired.table), "column": retired.column, "known": json.dumps(known)}
    has_default = "true" if "default" in retired.properties else "false"
    less = "".join(f" - '{name}'" for name in sorted(loosened))
    other = inlined(f"(ec_found{less}) IS DISTINCT FROM %(known)s::jsonb", params)
    path = f"'{{retires,{at},properties,default}}'"
    said = f"{column} is not as the revisions say, from which {change.name} was planned"
    return (
        inlined(PROPERTIES, params),
        when(f"{other} OR (ec_default IS NOT NULL) <> {has_default}", fail(said, ONLINE) + ";"),
        when(
            "ec_default IS NOT NULL",
            f"ec_plan := jsonb_set(ec_plan, {path}, to_jsonb(ec_default));",
        ),
    )


def _document(plan: Editions) -> str:
    return f"({_either(plan, lambda one: json.dumps(one.document()))})::jsonb"


def _either(plan: Editions, text: Callable[[Plan], str]) -> str:
    return either(literal(text(plan.before)), literal(text(plan.since)))


def _claim(change: Change, relation: str, thing: str) -> str:
    insert = inlined(queries.CLAIM, {"relation": relation, "object": thing, "id": ID})
    taken = fail(f"an unfinished change works on {relation}.{thing}, which {change.name} needs")
    return f"{insert};\n{when('NOT FOUND', f'{taken};')}"
