"""Posts belong to users."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.create_foreign_key("fk_post_user", "user", ["user_id"], ["id"])  # says: EC111


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.drop_constraint("fk_post_user", type_="foreignkey")  # says: EC128
