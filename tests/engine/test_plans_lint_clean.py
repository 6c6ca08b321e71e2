"""Our linter judges our own plans, as it would judge anybody's statements."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.lint.linter import lint
from expandcontract.model.plan import Step

SCHEMA = """
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email varchar(100) NOT NULL DEFAULT 'none',
    n integer,
    note text,
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_check CHECK (email <> '')
);
CREATE INDEX users_lower ON users (lower(email)) WHERE email LIKE 'x%';
"""

# What a contract is there for; its gate has seen that the old release is gone.
MEANT = {"drop-column", "lock-table"}


def script(step: Step) -> str:
    """The step as the engine runs it."""
    text = "".join(f"{statement.sql};\n" for statement in step.statements)
    if step.transactional and text:
        return f"BEGIN;\nSET LOCAL lock_timeout = '100ms';\n{text}COMMIT;\n"
    return text


def major(connection: psycopg.Connection) -> int:
    """What the plan is made for; an older server would not know all of it."""
    return connection.info.server_version // 10_000


@pytest.mark.parametrize(
    "change",
    [
        ec.RenameColumn(table="users", old="email", new="email_address"),
        ec.AddIndex(table="users", columns=("n", "note"), unique=True),
    ],
    ids=lambda change: str(change.kind),
)
def test_no_statement_of_a_plan_would_harm_a_running_release(
    connection: psycopg.Connection, dsn: str, change: ec.RenameColumn | ec.AddIndex
) -> None:
    connection.execute(SCHEMA)
    plan = ec.plan(dsn, change)
    sql = "".join(script(step) for step in plan.steps)

    report = lint(sql, pg_version=major(connection), schema=SCHEMA, runner="autocommit")

    said = [f"{finding.name}: {finding.message}" for finding in report.findings]
    assert [text for text in said if text.split(":")[0] not in MEANT] == []
    contract = [step for step in plan.of(ec.Phase.CONTRACT) if "DROP COLUMN" in script(step)]
    assert any(text.startswith("drop-column") for text in said) == bool(contract)
    assert report.to_dict()["summary"]["unread"] == 0


# What the exchange of two columns is there for: names of what nobody uses any more.
EXCHANGED = MEANT | {
    "rename-column",
    "rename-type",
    "drop-constraint",
    "drop-object",
    "drop-not-null",
    "drop-index-not-concurrent",  # of a column that nobody uses any more, under the lock
}
TWINS = (
    ec.ChangeType(table="users", column="email", type="varchar(200)"),
    ec.ChangeType(table="users", column="v", type="varchar(9)"),
    ec.ChangeType(table="users", column="n", type="bigint"),
    ec.ChangeType(table="users", column="email", type="text", up="lower(email)", lossy=True),
    ec.SplitColumn(table="users", old="note", new={"x": ("text", "note")}, down="x"),
    ec.MergeColumns(table="users", old=("n", "note"), new="z", type="text", up="n::text || note"),
    ec.DeriveColumn(table="users", column="z", type="text", up="lower(email)"),
    ec.ReplaceEnum(type="mood", values=("ok", "low"), mapping={"sad": "low"}),
)


@pytest.mark.parametrize("change", TWINS, ids=lambda change: f"{change.kind} {change.name}")
def test_no_statement_of_an_exchange_would_harm_a_running_release(
    connection: psycopg.Connection, dsn: str, change: ec.ChangeType
) -> None:
    schema = SCHEMA + "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE m (id int, a mood,"
    schema += " PRIMARY KEY (id)); ALTER TABLE users ADD v varchar(5);"
    connection.execute(schema.encode())
    plan = ec.plan(dsn, change)
    sql = "".join(script(step) for step in (*plan.steps, *plan.close))

    for later in range(major(connection), 20):
        report = lint(sql, pg_version=later, schema=schema, runner="autocommit")
        said = [f"{finding.name}: {finding.message}" for finding in report.findings]
        assert [text for text in said if text.split(":")[0] not in EXCHANGED] == []
        assert report.to_dict()["summary"]["unread"] == 0
