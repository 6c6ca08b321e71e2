"""Copy row by row."""

import sqlalchemy as sa
from alembic import op

revision = "m3"
down_revision = "m2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    for row in bind.execute(  # says: EC001
        sa.text("SELECT id FROM books WHERE price > :low"), {"low": 1}
    ):
        bind.execute(sa.text("UPDATE books SET remark = 'x' WHERE id = :id"), {"id": row.id})
    op.drop_column("books", "height")  # says: EC203


def downgrade() -> None:
    op.add_column("books", sa.Column("height", sa.Integer))
