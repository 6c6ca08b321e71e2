"""Rename the view."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER VIEW measured.sites RENAME TO places")  # says: EC201


def downgrade() -> None:
    op.execute("ALTER VIEW measured.places RENAME TO sites")  # says: EC201
