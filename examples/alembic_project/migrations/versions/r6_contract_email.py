"""Rename users.email: contract."""

from expandcontract import op

from shop.changes import EMAIL

revision = "r6"
down_revision = "r5"


def upgrade() -> None:
    op.contract(EMAIL)


def downgrade() -> None:
    op.revert_contract(EMAIL)
