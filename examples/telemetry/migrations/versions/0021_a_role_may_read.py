"""A role may read."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("COMMENT ON SCHEMA measured IS 'what sensors say'")


def downgrade() -> None:
    op.execute("COMMENT ON SCHEMA measured IS NULL")
