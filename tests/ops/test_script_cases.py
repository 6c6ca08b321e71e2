"""Scripts for tables with everything on them: the same end as the native statement."""

from collections.abc import Iterator

import pytest

from expandcontract.embedded import Node
from expandcontract.model.catalog import Catalog
from expandcontract.model.phase import Phase
from expandcontract.ops.history import Schema
from expandcontract.ops.script import records
from expandcontract.ops.script.editions import VERSIONS, Editions
from expandcontract.ops.script.phases import carried_out, taken_back
from expandcontract.pacing.retry import Patience
from tests.engine.cases import EVERYTHING
from tests.engine.every_kind import WHOLE
from tests.ops.project import psql, tried_psql
from tests.support.databases import Databases
from tests.support.fingerprint import difference, fingerprint, rows
from tests.support.walk import Case, execute

SOME = {
    "volatile default",
    "default of a type in a schema",
    "odd names",
    "names of 63 bytes",
    "words of the sync function",
    "part of the only key",
    "key composite",
    "json",
    "unique index",
    "descending index",
    "index that a broken build left",
    "table",
    "extracted with odd names",
    "moved",
}


@pytest.fixture
def twin(databases: Databases) -> Iterator[str]:
    with databases.database() as dsn:
        yield dsn


def editions(case: Case) -> Editions:
    """The plans as a history would make them that consists of the case's set-up."""
    plans = []
    for version in VERSIONS:
        schema = Schema(Catalog(version=version))
        schema.replay(f"{case.setup};")
        plans.append(schema.plan(case.change, "r1"))
    before, since = plans
    return Editions(before=before, since=since)


@pytest.mark.parametrize("case", [case for case in WHOLE if case.id in SOME], ids=str)
def test_a_script_has_the_same_end_and_the_way_back(
    case: Case, server: Node, dsn: str, twin: str
) -> None:
    if case.id == "table" and server.major < VERSIONS[0] // 10_000:
        pytest.skip("a script's view asks with the caller's rights, which 14 does not know")
    plan, patience = editions(case), Patience()
    parts = [list(carried_out(case.change, plan, phase, patience)) for phase in Phase]
    execute(dsn, case.setup)
    start = fingerprint(dsn)
    execute(dsn, case.before)
    execute(twin, case.setup, case.oracle)

    if plan.before.of(Phase.CONTRACT):
        psql(dsn, records.install(), *parts[0], *parts[1], *parts[2])
        for phase in reversed(Phase):
            psql(dsn, *taken_back(case.change, plan, phase, patience))
        assert difference(start, fingerprint(dsn)) == []

    for _ in range(2):
        psql(dsn, records.install(), *(text for phase in parts for text in phase))
        assert difference(fingerprint(twin), fingerprint(dsn)) == []
        assert rows(dsn, *case.at_end) == rows(twin, *case.at_end)


@pytest.mark.pg("< 15")
def test_a_view_for_both_names_that_the_server_cannot_make_stops_the_script(dsn: str) -> None:
    [case] = [case for case in WHOLE if case.id == "table"]
    execute(dsn, case.setup)
    script = carried_out(case.change, editions(case), Phase.EXPAND, Patience())

    done = tried_psql(dsn, "\n\n".join([records.install(), *script]))

    assert "the server is PostgreSQL 15 or newer" in done.stderr


def test_what_the_revisions_do_not_tell_of_the_column_stops_the_script(dsn: str) -> None:
    execute(dsn, EVERYTHING.setup)
    plan = editions(EVERYTHING)
    script = carried_out(EVERYTHING.change, plan, Phase.EXPAND, Patience())

    with pytest.raises(AssertionError, match="is not as the revisions say"):
        psql(dsn, records.install(), *script)
