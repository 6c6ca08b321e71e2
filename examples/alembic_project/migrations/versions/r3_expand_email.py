"""Rename users.email: expand."""

from expandcontract import op

from shop.changes import EMAIL

revision = "r3"
down_revision = "r2"


def upgrade() -> None:
    op.expand(EMAIL)


def downgrade() -> None:
    op.revert_expand(EMAIL)
