"""What psql makes of `alembic upgrade --sql` is what the upgrade makes, however often it runs."""

import pytest

import expandcontract as ec
from expandcontract.model.phase import Phase
from tests.ops.conftest import Settle
from tests.ops.project import EMAIL, Project
from tests.support.fingerprint import difference, fingerprint, rows

LEDGER = "SELECT name, reached, outcome, owner FROM expandcontract.changes ORDER BY name"
OBSERVED = "SELECT what, value FROM expandcontract.observations"
MANY = "INSERT INTO users (email) SELECT 'x' || g FROM generate_series(1, 5000) AS g"


def assert_same(script: Project, online: Project) -> None:
    assert difference(fingerprint(online.dsn), fingerprint(script.dsn)) == []
    for table in ("users", "orders", "alembic_version"):
        assert rows(script.dsn, table) == rows(online.dsn, table)
    assert script.ask(LEDGER) == online.ask(LEDGER)
    assert script.due == online.due
    assert script.ask(OBSERVED) == online.ask(OBSERVED)


@pytest.mark.usefixtures("each_major")
def test_a_script_from_base_builds_what_an_upgrade_builds(project: Project, settle: Settle) -> None:
    online = settle("online")
    online.alembic("downgrade", "base")
    online.alembic("upgrade", "head")

    project.psql(project.script("upgrade", "head"))

    assert_same(project, online)


def test_a_script_from_a_revision_can_be_run_at_any_time_after_it(
    settle: Settle,
) -> None:
    project, online = settle(), settle("online")
    for one in (project, online):
        one.execute(MANY)
    online.alembic("upgrade", "head")
    script = project.script("upgrade", "r1:head")

    project.psql(script)
    assert_same(project, online)
    project.psql(script)
    assert_same(project, online)

    for one in (project, online):
        ec.apply(one.dsn, EMAIL, Phase.CONTRACT, quiet=0)
    assert_same(project, online)
    project.psql(script)
    assert_same(project, online)


def test_a_script_goes_on_wherever_it_was_stopped(settle: Settle) -> None:
    project, online = settle(), settle("online")
    online.alembic("upgrade", "head")
    script = project.script("upgrade", "r1:head")
    block = "\n\nDO $"
    parts = script.split(block)

    for end in range(1, len(parts) + 1):
        project.psql(block.join(parts[:end]))

    assert_same(project, online)


def test_a_default_does_not_close_the_gate_by_its_spelling(settled: Project) -> None:
    project = settled
    project.configure(quiet=0)
    change = "ec.RenameColumn(table='users', old='nick', new='nickname')"
    default = "ALTER TABLE users ADD nick varchar(20) NOT NULL DEFAULT CAST('x' AS text)"
    project.drop_revisions_after("r2")
    project.write_revision("r3", "r2", f'op.execute("{default}")')
    for number, phase in enumerate(Phase, 4):
        project.write_revision(f"r{number}", f"r{number - 1}", f"op.{phase}({change})")
    project.alembic("upgrade", "r3")

    project.psql(project.script("upgrade", "r3:r6"))
    project.alembic("upgrade", "head")

    assert project.due == {}
    assert project.ask("SELECT nickname FROM users") == [("x",), ("x",)]


def test_a_column_that_is_not_as_the_revisions_say_stops_the_script(settled: Project) -> None:
    project = settled
    project.execute("ALTER TABLE users ALTER email SET STORAGE external")

    done = project.tried_psql(project.script("upgrade", "r1:head"))

    assert done.returncode == 3
    assert "public.users.email is not as the revisions say" in done.stderr


@pytest.mark.parametrize("done", ["r3", "r4", "r5"])
def test_an_upgrade_goes_on_from_a_script_and_back(settled: Project, done: str) -> None:
    project, start = settled, fingerprint(settled.dsn)
    project.configure(quiet=0)
    project.psql(project.script("upgrade", f"r1:{done}"))

    project.alembic("upgrade", "head")

    assert project.state == "closed"
    assert project.due == {}

    project.alembic("downgrade", "r1")

    assert difference(start, fingerprint(project.dsn)) == []


def test_a_script_takes_back_what_a_script_did(settled: Project) -> None:
    project = settled
    start, data = fingerprint(project.dsn), rows(project.dsn, "users")
    up, down = project.script("upgrade", "r1:head"), project.script("downgrade", "r6:r1")

    for _ in range(2):
        project.psql(up)
        assert project.state == "switch"
        project.psql(down)
        project.psql(down)
        assert project.state == "reverted"
        assert project.due == {}
        assert difference(start, fingerprint(project.dsn)) == []
        assert rows(project.dsn, "users") == data


def test_a_script_does_not_take_back_a_contract(settled: Project) -> None:
    project = settled
    project.configure(quiet=0)
    project.alembic("upgrade", "head")

    done = project.tried_psql(project.script("downgrade", "r6:r1"))

    assert done.returncode == 3
    assert f"{EMAIL.name} is contracted" in done.stderr
    assert "run the downgrade online, without --sql" in done.stderr
    assert project.version == "r6"


def test_a_broken_index_is_built_again(settled: Project) -> None:
    project = settled
    project.execute(
        "CREATE INDEX ix_orders_user_id ON orders (user_id)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_orders_user_id'::regclass",
    )

    project.psql(project.script("upgrade", "r1:r2"))

    assert project.ask(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_orders_user_id'::regclass"
    ) == [(True,)]
    assert [name for name in fingerprint(project.dsn) if "zz_ec" in name] == []


def test_rows_that_do_not_agree_stop_the_script(settled: Project) -> None:
    project = settled
    project.alembic("upgrade", "r4")
    project.execute(
        "ALTER TABLE users DISABLE TRIGGER USER",
        "UPDATE users SET email_address = 'other' WHERE id = 1",
        "ALTER TABLE users ENABLE TRIGGER USER",
    )

    done = project.tried_psql(project.script("upgrade", "r4:head"))

    assert done.returncode == 3
    assert "rows of public.users do not agree" in done.stderr
    assert project.state == "backfill"


def test_another_plan_in_the_database_stops_the_script(settled: Project) -> None:
    project = settled
    project.alembic("upgrade", "r3")
    script = project.script("upgrade", "r3:r4")
    project.execute(
        "UPDATE expandcontract.changes SET plan = jsonb_set(plan, '{steps,0,name}', '\"other\"')"
    )

    done = project.tried_psql(script)

    assert done.returncode == 3
    assert "was started with another plan" in done.stderr


def test_a_claimed_column_stops_the_script(settled: Project) -> None:
    project = settled
    project.alembic("upgrade", "r2")
    other = ec.RenameColumn(table="users", old="email", new="mail")
    ec.apply(project.dsn, other, Phase.EXPAND)

    done = project.tried_psql(project.script("upgrade", "r2:r3"))

    assert done.returncode == 3
    assert "an unfinished change works on public.users.email" in done.stderr


def test_strict_does_not_defer_in_a_script_either(project: Project) -> None:
    said = project.refused("-x", "ec_policy=strict", "upgrade", "r1:head", "--sql")

    assert "a script cannot know whether the old side is still being used" in said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "op.execute('DO $$ BEGIN ALTER TABLE users ADD COLUMN maybe int; END $$')",
            "revision r3: it is not known without a database what public.users is like",
        ),
        (
            "op.get_bind().execute(ec.sqlalchemy.text('SELECT 1')).scalar()",
            "revision r2b cannot be read without a database",
        ),
        (
            "op.get_bind().exec_driver_sql('SELECT 1').scalar()",
            "revision r2b cannot be read without a database",
        ),
    ],
)
def test_a_history_that_cannot_be_told_is_refused(project: Project, body: str, said: str) -> None:
    project.write_revision("r2b", "r2", body)
    expand = next((project.folder / "migrations" / "versions").glob("r3_*.py")).name
    project.edit(f"migrations/versions/{expand}", {'down_revision = "r2"': 'down_revision = "r2b"'})

    refusal = project.refused("upgrade", "r2b:head", "--sql")

    assert refusal.startswith(said)
    assert "without --sql" in refusal


def test_a_phase_without_steps_is_missed_by_no_script(project: Project) -> None:
    project.drop_revisions_after("r1")
    city = 'ec.DropIndex(table="users", index_name="ix_users_city_email")'
    project.write_revision("r2", "r1", f"op.expand({city})")
    project.write_revision("r3", "r2", f"op.contract({city})")

    project.psql(project.script("upgrade", "head"))

    [found] = ec.status(project.dsn)
    assert (found.state, found.due) == ("closed", ())


def test_a_percent_sign_is_spelled_in_one_way_or_refused(project: Project) -> None:
    project.drop_revisions_after("r1")
    made = """op.execute('CREATE TABLE "100% sure" (id int PRIMARY KEY, "a%b" text)')"""
    project.write_revision("r2", "r1", made)
    rename = """ec.RenameColumn(table='"100% sure"', old="a%b", new="c%d")"""
    project.write_revision("r3", "r2", f"op.expand({rename})")

    project.psql(project.script("upgrade", "head"))
    project.edit("migrations/env.py", {'dialect_opts={"paramstyle": "named"},': ""})
    refusal = project.refused("upgrade", "head", "--sql")

    [found] = ec.status(project.dsn)
    assert found.state == "expanded"
    assert "public.100% sure.a%b" in refusal
    assert 'dialect_opts={"paramstyle": "named"}' in refusal
