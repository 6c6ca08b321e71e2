"""Rename users.email: backfill."""

from expandcontract import op

from shop.changes import EMAIL

revision = "r4"
down_revision = "r3"


def upgrade() -> None:
    op.backfill(EMAIL)


def downgrade() -> None:
    op.revert_backfill(EMAIL)
