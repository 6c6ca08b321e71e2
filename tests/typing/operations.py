"""`from expandcontract import op` as users type it: checked by mypy, never executed."""

import sqlalchemy as sa

import expandcontract as ec
from expandcontract import op

change = ec.RenameColumn(table="users", old="email", new="email_address")


def upgrade() -> None:
    op.add_column("users", sa.Column("age", sa.Integer()))
    with op.batch_alter_table("users") as batch:
        batch.drop_column("age")
    op.expand(change)
    op.backfill(change=change)
    op.switch(change)
    op.contract(ec.AddIndex(table="users", columns=("age",)))


def downgrade() -> None:
    op.revert_contract(change)
    op.revert_switch(change)
    op.revert_backfill(change)
    op.revert_expand(change)


def mistakes() -> None:
    op.expand("users")  # type: ignore[arg-type]
    op.expand()  # type: ignore[call-arg]
    op.expnad(change)  # type: ignore[attr-defined]
    op.add_column("users")  # type: ignore[call-arg]
