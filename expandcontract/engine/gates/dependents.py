"""Whether something in the database hangs on a column that goes, and would be lost or fail."""

from collections.abc import Iterator
from typing import LiteralString

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.errors import TableNotFoundError
from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.definitions import definitions
from expandcontract.model.gate import Look, Reason
from expandcontract.model.plan import Retired
from expandcontract.postgres import brown_outs
from expandcontract.postgres.brown_outs import GoingOn
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.session import Session

# PostgreSQL does not record what the body of a function reads, but these run at every write.
NAMED_BY_TRIGGERS: LiteralString = """
    SELECT t.tgname::text, t.tgfoid::pg_catalog.regprocedure::text
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = pg_catalog.to_regclass(%(table)s) AND NOT t.tgisinternal
      AND t.tgname NOT LIKE 'zz\\_ec\\_%%'
      AND pg_catalog.strpos(p.prosrc, %(column)s) > 0
      AND (%(column)s !~ '^\\w+$' OR p.prosrc ~ ('\\m' || %(column)s || '\\M'))
    ORDER BY 1
"""
# A function that nobody calls by a trigger names the table too.
NAMED_BY_FUNCTIONS: LiteralString = """
    SELECT p.oid::pg_catalog.regprocedure::text
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'expandcontract')
      AND l.lanname NOT IN ('internal', 'c')
      AND pg_catalog.strpos(p.prosrc, %(column)s) > 0
      AND (%(column)s !~ '^\\w+$' OR p.prosrc ~ ('\\m' || %(column)s || '\\M'))
      AND pg_catalog.strpos(p.prosrc, %(name)s) > 0
      AND (%(name)s !~ '^\\w+$' OR p.prosrc ~ ('\\m' || %(name)s || '\\M'))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                        AND d.objid = p.oid AND d.deptype = 'e')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t
                      WHERE t.tgfoid = p.oid
                        AND t.tgrelid = pg_catalog.to_regclass(%(table)s))
    ORDER BY 1
"""
BROWNED = frozenset({"privileges"})
"""What a brown-out makes another for as long as it runs."""
COMES_BACK = "wait for its end: all privileges come back by themselves, set none by hand"
MADE_AGAIN = ("view ", "rule ", "policy ", "trigger ")


def look(asked: Asked) -> Look:
    """Look at dependents in pg_depend, and at the texts of functions, which are not in it."""
    evidence = {
        f"depends_on_{retired.table.plain}.{retired.column}": "only what the plan carries"
        for retired in asked.record.plan.retires
    }
    reasons = tuple(_hanging(asked))
    if reasons:
        evidence = {}
    elif gone := tuple(_gone(asked)):
        evidence["dropped_since_and_made_again"] = ", ".join(gone)
    return Look(probe=PROBE.name, reasons=reasons, evidence=evidence)


def _hanging(asked: Asked) -> Iterator[Reason]:
    """What was hung on a retiring column after the plan was made would be lost with it."""
    if asked.record.coming_back:
        return  # half way back from contract: what is there, the way back has made
    away = tuple(brown_outs.going_on(asked.session).values())
    yield from _browned_out(asked.record.plan.retires, away)
    for retired in asked.record.plan.retires:
        try:
            table = read_catalog(asked.session, [retired.table], portable=True).tables[0]
        except TableNotFoundError as error:
            if retired.part_of is None:
                yield Reason(str(error))
            continue
        if table.find(retired.column) is not None:
            is_browned = any(one.is_of(retired.table) for one in away)
            yield from hanging_on(retired, table, spared=BROWNED if is_browned else frozenset())
            if not retired.stays:
                yield from _named(asked.session, retired)


def _browned_out(retires: tuple[Retired, ...], away: tuple[GoingOn, ...]) -> Iterator[Reason]:
    """Privileges that somebody took for a moment are no drift: they come back by themselves."""
    for one in away:
        if any(one.is_of(retired.table) for retired in retires):
            yield Reason(str(one), COMES_BACK)


def _gone(asked: Asked) -> Iterator[str]:
    """What the plan makes again though somebody has dropped it: the plan holds its definition."""
    if asked.record.coming_back:
        return
    for retired in asked.record.plan.retires:
        carried = [one for one in retired.carried if one.startswith(MADE_AGAIN)]
        if not carried:
            continue
        try:
            table = read_catalog(asked.session, [retired.table], portable=True).tables[0]
        except TableNotFoundError:
            continue
        if table.find(retired.column) is None:
            continue
        there = {one.description for one in table.dependents_of(retired.column)}
        there |= {index.name for index in table.indexes}
        there |= {constraint.name for constraint in table.constraints}
        yield from (one for one in carried if one not in there)


def _named(session: Session, retired: Retired) -> Iterator[Reason]:
    params = {
        "table": str(retired.table),
        "name": retired.table.name,
        "column": retired.column,
    }
    cure = "every write would fail without it: let it use the new column"
    for trigger, function in session.rows(NAMED_BY_TRIGGERS, params):
        text = f"{function}, which the trigger {trigger} calls, names {retired.column}"
        yield Reason(text, cure, can_be_overridden=True)  # the word may stand in a comment
    for (function,) in session.rows(NAMED_BY_FUNCTIONS, params):
        text = f"{function} names {retired.table.name} and {retired.column}"
        cure = "its calls would fail: let it use the new column"
        yield Reason(text, cure, can_be_overridden=True)


def hanging_on(
    retired: Retired, table: Table, *, spared: frozenset[str] = frozenset()
) -> Iterator[Reason]:
    """Everything on the column that the plan does not carry, but for properties that are spared."""
    column = f"{table.name.plain}.{retired.column}"
    drop = "drop it, or make it on the new column"
    for dependent in table.dependents_of(retired.column):
        if dependent.description in retired.carried:
            continue
        yield Reason(f"{dependent.description} reads {column}", drop)
    now = {} if (left := table.find(retired.column)) is None else left.properties
    for name in (retired.properties.keys() | now.keys()) - spared:
        if retired.properties.get(name) != now.get(name):
            was, is_ = retired.properties.get(name, "none"), now.get(name, "none")
            then, today = ("were", "are") if name == "privileges" else ("was", "is")
            text = f"the {name} of {column} {then} {was} when the change began, and {today} {is_}"
            yield Reason(text, "set it back, or revert the change and start it again")
    yield from _redefined(retired, table)
    names = [index.name for index in table.indexes if retired.column in index.columns]
    names += [
        constraint.name
        for constraint in table.constraints
        if retired.column in constraint.columns and constraint.kind is not ConstraintKind.NOT_NULL
    ]
    for name in dict.fromkeys(names):
        if name not in retired.carried:
            yield Reason(f"{name} was added to {column} after the change began", drop)


def _redefined(retired: Retired, table: Table) -> Iterator[Reason]:
    """What is there under the same name, and is no longer what the plan would give again."""
    cure = "set it back, or revert the change and start it again, so that it knows the new one"
    for name, now in definitions(table, retired.column).items():
        if name in retired.carried and retired.definitions.get(name, now) != now:
            text = (
                f"{name} was defined anew after the change began, and the old one would come back"
            )
            yield Reason(text, cure, can_be_overridden=True)


PROBE = GateProbe(
    name="dependents",
    place=10,
    summary="views, indexes, constraints and functions on what goes",
    look=look,
    is_about_the_application=False,
)
