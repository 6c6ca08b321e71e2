"""Expand the name."""

import expandcontract as ec
from alembic import op

NAME = ec.RenameColumn(table="writers", old="name", new="full_name")

revision = "m5"
down_revision = "m4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.expand(NAME)


def downgrade() -> None:
    op.revert_expand(NAME)
