"""Attach a partition."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE measured.readings_2028 (LIKE measured.readings)")
    op.execute(
        "ALTER TABLE measured.readings ATTACH PARTITION measured.readings_2028"
        " FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')"
    )


def downgrade() -> None:
    op.execute("DROP TABLE measured.readings_2028")
