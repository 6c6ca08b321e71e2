"""An upgrade reaches head; what it may not do yet is recorded as due and done later."""

import expandcontract as ec
from expandcontract.model.phase import Phase
from tests.ops.project import EMAIL, Project

FILL = """
    INSERT INTO users (email)
    SELECT repeat('x', 100) || g FROM generate_series(1, 60000) AS g
"""

EMPTY = "def upgrade() -> None:\n    return\n\n\ndef _was() -> None:\n"


def test_a_contract_waits_until_the_old_side_was_quiet(settled: Project) -> None:
    said = settled.alembic("upgrade", "head")

    assert settled.version == "r6"
    assert settled.due == {"contract": "r6"}
    assert settled.state == "switch"
    assert "contract is due and not done, since the old side has been quiet for 0 s" in said
    assert f"ec contract {EMAIL.name}" in said

    settled.alembic("downgrade", "r5")  # forgets what is only due

    assert settled.due == {}
    assert settled.state == "switch"

    settled.alembic("upgrade", "head")
    ec.apply(settled.dsn, EMAIL, Phase.CONTRACT, quiet=0)

    assert settled.due == {}
    assert settled.state == "closed"


def test_a_contract_stays_due_while_its_revision_stands(settled: Project) -> None:
    settled.alembic("upgrade", "head")

    ec.revert(settled.dsn, EMAIL, Phase.SWITCH)  # as `ec switch --to old` does
    assert settled.due == {"contract": "r6"}

    ec.apply(settled.dsn, EMAIL, Phase.SWITCH)
    assert settled.due == {"contract": "r6"}

    settled.alembic("downgrade", "r1")
    assert settled.due == {}


def test_a_large_table_is_left_to_ec_backfill(settled: Project) -> None:
    settled.execute(FILL)

    said = settled.alembic("upgrade", "head")

    assert settled.version == "r6"
    assert settled.due == {"backfill": "r4", "switch": "r5", "contract": "r6"}
    assert settled.state == "expand"
    assert "too much for a deployment to wait for" in said
    assert "switch is due and not done, since backfill is not over" in said

    settled.alembic("downgrade", "r1")

    assert settled.due == {}
    assert settled.state == "reverted"

    settled.alembic("upgrade", "head")
    ec.backfill(settled.dsn, EMAIL)
    ec.apply(settled.dsn, EMAIL, Phase.SWITCH)
    ec.apply(settled.dsn, EMAIL, Phase.CONTRACT, quiet=0)

    assert settled.due == {}
    assert settled.state == "closed"


def test_strict_stops_at_the_closed_gate_and_names_it(settled: Project) -> None:
    said = settled.refused("-x", "ec_policy=strict", "upgrade", "head")

    assert said.startswith(f"contract of {EMAIL.name} may not start yet:")
    assert "the old side has been quiet for 0 s of the 600 s required" in said
    assert settled.version == "r5"
    assert settled.due == {}

    settled.alembic("upgrade", "head")

    assert settled.version == "r6"
    assert settled.due == {"contract": "r6"}


def test_a_policy_can_stand_in_env_py(settled: Project) -> None:
    settled.configure(policy="strict")

    said = settled.refused("upgrade", "head")

    assert "may not start yet" in said


def test_a_database_that_is_older_than_its_revisions_is_not_being_built(settled: Project) -> None:
    create = next((settled.folder / "migrations" / "versions").glob("r1_*.py")).name
    settled.edit(f"migrations/versions/{create}", {"def upgrade() -> None:\n": EMPTY})
    settled.execute("DROP TABLE alembic_version")

    settled.alembic("upgrade", "head")

    assert settled.version == "r6"
    assert settled.due == {"contract": "r6"}
