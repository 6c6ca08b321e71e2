"""A constraint from the index."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE measured.sensors ADD CONSTRAINT sensors_serial_key"
        " UNIQUE USING INDEX sensors_serial_key"
    )


def downgrade() -> None:
    op.drop_constraint("sensors_serial_key", "sensors", schema="measured")  # says: EC307
    with op.get_context().autocommit_block():
        op.create_index(
            "sensors_serial_key",
            "sensors",
            ["serial"],
            unique=True,
            schema="measured",
            postgresql_concurrently=True,
        )
