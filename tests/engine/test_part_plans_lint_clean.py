"""Our linter judges the plans of trees of tables, for the oldest and the newest major."""

from dataclasses import replace

import psycopg
import pytest

from expandcontract.lint.linter import lint
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.opening import session_for
from tests.engine.part_cases import INDEXED, SIMPLE
from tests.engine.test_plans_lint_clean import script
from tests.support.walk import Case

MAJORS = (14, 19)
# What the kind is there for, or what it says in its notes.
MEANT = {
    "parted index dropped": {"drop-index-not-concurrent"},
    "parted index replaced": {"drop-index-not-concurrent"},
    "parted column dropped": {"rename-column", "drop-column"},
    "children column dropped": {"rename-column", "drop-column"},
    "parted nullable": {"drop-not-null"},
    # It does not follow a NOT NULL that a table hands on to its partitions.
    "parted primary key": {"primary-key-scans"},
    "parted unique dropped": {"drop-constraint"},
    "parted check dropped": {"drop-constraint"},
    # Every partition has it by then, proved: nothing is looked at again.
    "parted foreign key": {"foreign-key-validates"},
}


@pytest.mark.parametrize("case", [*INDEXED, *SIMPLE], ids=str)
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
