"""With a model."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class Post(Base):
    """The posts as they were then."""

    __tablename__ = "post"
    id = sa.Column(sa.Integer, primary_key=True)
    title = sa.Column(sa.Text)
    slug = sa.Column(sa.Text)


revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    session = Session(bind=op.get_bind())
    for post in session.query(Post).filter(Post.slug.is_(None)):  # says: EC001
        post.slug = post.title
    session.commit()


def downgrade() -> None:
    pass
