"""A view."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE VIEW measured.sites AS SELECT DISTINCT site FROM measured.sensors")


def downgrade() -> None:
    op.execute("DROP VIEW measured.sites")
