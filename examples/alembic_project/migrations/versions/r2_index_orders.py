"""Index the orders of a user, without stopping the shop."""

import expandcontract as ec
from expandcontract import op

revision = "r2"
down_revision = "r1"

change = ec.AddIndex(table="orders", columns=("user_id",))


def upgrade() -> None:
    op.expand(change)


def downgrade() -> None:
    op.revert_expand(change)
