"""Rename users.email: switch."""

from expandcontract import op

from shop.changes import EMAIL

revision = "r5"
down_revision = "r4"


def upgrade() -> None:
    op.switch(EMAIL)


def downgrade() -> None:
    op.revert_switch(EMAIL)
