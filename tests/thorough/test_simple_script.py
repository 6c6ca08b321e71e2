"""The kinds that copy nothing, as a script for psql that builds a database."""

from pathlib import Path

import expandcontract as ec
from tests.ops.generating import Generated
from tests.ops.project import psql
from tests.support.databases import Databases
from tests.support.fingerprint import difference, fingerprint

CREATED = """
from alembic import op
import expandcontract as ec
import sqlalchemy as sa

revision = "r1"
down_revision = None
CHANGES = (
    ec.AddColumn(table="t", column=sa.Column("n", sa.Text(), nullable=False), fill="a || '%'"),
    ec.SetNotNull(table="t", column="a", fill="''"),
    ec.AddCheck(table="t", name="c", condition="b % 7 <> 100"),
    ec.AddForeignKey(table="t", columns=("b",), to="o"),
    ec.AddUnique(table="t", columns=("b",)),
    ec.DropColumn(table="t", column="gone"),
    ec.ReplaceIndex(table="t", index_name="i", columns=("b", "a")),
    ec.DropNotNull(table="o", column="x"),
    ec.AddColumn(table="t", column=sa.Column("gone", sa.Integer())),
)


def upgrade():
    op.create_table("o", sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("x", sa.Text(), nullable=False))
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("a", sa.Text()), sa.Column("b", sa.Integer()),
        sa.Column("gone", sa.Text(), nullable=False))
    op.create_index("i", "t", ["b"])
    for change in CHANGES:
        for operation in (op.expand, op.backfill, op.switch, op.contract):
            operation(change)


def downgrade():
    for change in reversed(CHANGES):
        op.revert_contract(change)
        op.revert_switch(change)
        op.revert_backfill(change)
        op.revert_expand(change)
    op.drop_table("t")
    op.drop_table("o")
"""


def test_a_script_makes_what_an_upgrade_makes_and_a_downgrade_leads_back(
    dsn: str, databases: Databases, tmp_path: Path
) -> None:
    project = Generated(tmp_path, dsn)
    project.models(
        "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
    )
    (tmp_path / "migrations" / "versions" / "r1.py").write_text(CREATED, "utf-8")

    script = project.run("-m", "alembic", "upgrade", "head", "--sql")
    assert script.returncode == 0, script.stdout[-2000:] + script.stderr[-2000:]
    online = project.run("-m", "alembic", "upgrade", "head")
    assert online.returncode == 0, online.stderr[-2000:]
    with databases.database() as other:
        psql(other, script.stdout)
        assert difference(fingerprint(dsn), fingerprint(other)) == []
        assert [one.state for one in ec.status(other)] == [one.state for one in ec.status(dsn)]

    back = project.run("-m", "alembic", "downgrade", "base")
    assert back.returncode == 0, back.stderr[-2000:]
