"""Seed the tags."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tag = sa.table("tag", sa.column("id", sa.Integer), sa.column("name", sa.Text))
    op.bulk_insert(tag, [{"id": 1, "name": "news"}, {"id": 2, "name": "it's"}])
    op.execute(tag.insert().values(id=3, name="100%"))


def downgrade() -> None:
    op.execute("DELETE FROM tag WHERE id <= 3")
