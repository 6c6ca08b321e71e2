"""Merge both."""

revision = "m1"
down_revision = ("b2", "c1")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
