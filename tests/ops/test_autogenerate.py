"""What `alembic check` and `alembic revision` see of a change that is under way."""

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op_text
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

import expandcontract as ec
from expandcontract.ops.autogenerate.renames import Renames
from expandcontract.ops.comparing import hide
from expandcontract.ops.operations import BackfillOp, ExpandOp, RevertBackfillOp
from tests.ops.project import EMAIL, Project

OLD_MODEL = {
    '"email_address", name="uq_users_email"': '"email", name="uq_users_email"',
    '"city", "email_address"': '"city", "email"',
    "    email_address: Mapped": "    email: Mapped",
}


def test_no_phase_is_a_difference_to_either_model(settled: Project) -> None:
    project = settled
    project.configure(quiet=0)
    env = {"target_metadata=Base.metadata,": "target_metadata=Base.metadata, include_schemas=True,"}
    project.edit("migrations/env.py", env)
    project.alembic("upgrade", "r4")
    project.drop_revisions_after("r4")

    assert "No new upgrade operations" in project.alembic("check")

    project.edit("shop/models.py", OLD_MODEL)

    assert "No new upgrade operations" in project.alembic("check")


def test_after_the_contract_the_new_model_fits(project: Project) -> None:
    project.alembic("upgrade", "head")

    assert "No new upgrade operations" in project.alembic("check")

    project.edit("shop/models.py", OLD_MODEL)

    assert "email" in project.refused("check")


def test_other_differences_are_still_seen(settled: Project) -> None:
    project = settled
    project.alembic("upgrade", "r3")
    project.drop_revisions_after("r3")
    city = "    city: Mapped"
    project.edit("shop/models.py", {city: f"    town: Mapped[str]\n{city}"})

    said = project.refused("check")

    assert "add_column" in said
    assert "town" in said
    assert "remove_" not in said


def test_what_is_ours_is_known_by_its_name_or_schema() -> None:
    found = ops.UpgradeOps(
        [
            ops.DropTableOp("changes", schema="expandcontract"),
            ops.ModifyTableOps(
                "users",
                [
                    ops.DropIndexOp("zz_ec_1_i", "users"),
                    ops.DropConstraintOp("zz_ec_1_nn", "users", "check"),
                ],
            ),
            ops.DropTableOp("things"),
        ]
    )

    hide(found, frozenset())

    assert [op.to_table().name for op in found.ops if isinstance(op, ops.DropTableOp)] == ["things"]
    assert len(found.ops) == 1


def test_an_operation_is_written_as_a_person_would_write_it() -> None:
    index = ec.AddIndex(table="t", columns=("a",))
    opts = {"alembic_module_prefix": "op."}
    migration = MigrationContext.configure(dialect_name="postgresql", opts=opts)
    context = AutogenContext(migration, autogenerate=False)

    texts = [render_op_text(context, op) for op in (ExpandOp(EMAIL), BackfillOp(index))]

    assert context.imports == {"import expandcontract as ec"}
    assert [text.partition("(ec.")[0] for text in texts] == ["op.expand", "op.backfill"]
    made = [eval(text.partition("(")[2][:-1], {"ec": ec}) for text in texts]  # noqa: S307
    assert made == [EMAIL, index]


def test_every_operation_knows_its_reverse() -> None:
    op = BackfillOp(EMAIL)

    assert isinstance(op.reverse(), RevertBackfillOp)
    assert isinstance(op.reverse().reverse(), BackfillOp)
    assert op.to_diff_tuple() == ("backfill", EMAIL)


def test_what_a_renamed_table_leaves_for_later_is_said() -> None:
    before = sa.Table(
        "users",
        sa.MetaData(),
        sa.Column("id", sa.Integer()),
        sa.Column("email", sa.Text()),
        sa.Column("age", sa.Integer()),
        sa.Column("fax", sa.Text()),
    )
    after = sa.Table(
        "people",
        sa.MetaData(),
        sa.Column("id", sa.Integer()),
        sa.Column("mail", sa.Text(), info={"renamed_from": "email"}),
        sa.Column("age", sa.BigInteger()),
        sa.Column("town", sa.Text()),
        info={"renamed_from": "users"},
    )
    found = ops.UpgradeOps(
        [ops.DropTableOp.from_table(before), ops.CreateTableOp.from_table(after)]
    )
    renames = Renames({})

    [change] = renames.take(found)

    assert change == ec.RenameTable(old="users", new="people")
    [text] = renames.later
    assert "'email' is called 'mail', 'age' is another one, 'town' comes, 'fax' goes" in text
    assert "alembic revision --autogenerate again" in text


def test_a_table_that_is_only_renamed_leaves_nothing_for_later() -> None:
    before = sa.Table("users", sa.MetaData(), sa.Column("id", sa.Integer()))
    info = {"renamed_from": "users"}
    after = sa.Table("people", sa.MetaData(), sa.Column("id", sa.Integer()), info=info)
    found = ops.UpgradeOps(
        [ops.DropTableOp.from_table(before), ops.CreateTableOp.from_table(after)]
    )
    renames = Renames({})

    assert len(renames.take(found)) == 1
    assert renames.later == []
