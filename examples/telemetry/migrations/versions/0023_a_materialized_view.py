"""A materialized view."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE MATERIALIZED VIEW measured.latest AS"
        " SELECT sensor_id, max(at) AS at FROM measured.readings GROUP BY sensor_id"
    )
    op.create_index("latest_key", "latest", ["sensor_id"], unique=True, schema="measured")


def downgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW measured.latest")
