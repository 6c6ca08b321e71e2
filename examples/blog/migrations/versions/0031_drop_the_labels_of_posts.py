"""Drop the labels of posts."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("post_tag")  # says: EC204


def downgrade() -> None:
    op.create_table("post_tag", sa.Column("post_id", sa.Integer), sa.Column("tag_id", sa.Integer))
    op.create_primary_key("post_tag_pkey", "post_tag", ["post_id", "tag_id"])
    op.create_index("ix_post_tag", "post_tag", ["post_id", "tag_id"])
