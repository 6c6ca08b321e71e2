"""Create the tables."""

import sqlalchemy as sa
from alembic import op

revision = "r1"
down_revision = None


def upgrade() -> None:
    users = op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("city", sa.String(60), nullable=False, server_default="Basel"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.CheckConstraint("email <> ''", name="ck_users_email"),
    )
    op.create_index("ix_users_city_email", "users", ["city", "email"])
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
    )
    op.bulk_insert(users, [{"email": "ada@example.org"}, {"email": "100%@example.org"}])


def downgrade() -> None:
    op.drop_table("orders")
    op.drop_table("users")
