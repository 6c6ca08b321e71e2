"""Readings belong to sensors."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key(  # says: EC111
        "readings_sensor",
        "readings",
        "sensors",
        ["sensor_id"],
        ["id"],
        source_schema="measured",
        referent_schema="measured",
    )


def downgrade() -> None:
    op.drop_constraint("readings_sensor", "readings", schema="measured")  # says: EC128
