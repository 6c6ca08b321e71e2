"""Readings in partitions."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE measured.readings (sensor_id bigint NOT NULL, at timestamptz NOT NULL,"
        " value double precision) PARTITION BY RANGE (at)"
    )
    op.execute(
        "CREATE TABLE measured.readings_2026 PARTITION OF measured.readings"
        " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
    )


def downgrade() -> None:
    op.execute("DROP TABLE measured.readings")
