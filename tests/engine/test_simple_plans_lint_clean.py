"""Our linter judges the plans of the kinds that copy nothing, for every major."""

from dataclasses import replace

import psycopg
import pytest

from expandcontract.lint.linter import lint
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.opening import session_for
from tests.engine.simple_cases import COLUMNS, CONSTRAINTS, DROPS, INDEXES, OTHERS
from tests.engine.test_plans_lint_clean import script
from tests.support.walk import Case

MAJORS = (14, 15, 16, 17, 18, 19)
# What a contract is there for; its gate has seen that the old release is gone.
MEANT = {
    "dropped column": {"drop-not-null", "rename-column", "drop-column"},
    "dropped column with all that it shares": {"rename-column", "drop-column"},
    "dropped table": {"rename-table", "drop-table", "drop-constraint"},
    # New code may leave it null, old code has to expect that: the plan says so.
    "nullable": {"drop-not-null"},
}
CASES = [
    case for case in (*COLUMNS, *CONSTRAINTS, *INDEXES, *DROPS, *OTHERS) if case.id != "raw SQL"
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_statement_of_a_plan_would_harm_a_running_release(
    connection: psycopg.Connection, dsn: str, case: Case
) -> None:
    connection.execute(case.setup.encode())
    with session_for(dsn) as session:
        catalog = read_catalog(session, case.change.tables, portable=True)

    for major in MAJORS:
        plan = case.change.plan(replace(catalog, version=major * 10000))
        sql = "".join(script(step) for step in (*plan.steps, *plan.close))
        report = lint(sql, pg_version=major, schema=case.setup, runner="autocommit")

        said = {f"{one.name}: {one.message}" for one in report.findings}
        meant = MEANT.get(case.id, set())
        assert {text for text in said if text.split(":")[0] not in meant} == set(), (major, sql)
        assert report.to_dict()["summary"]["unread"] == 0
