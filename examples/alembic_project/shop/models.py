"""The tables as the newest release sees them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What Alembic compares the database with."""


class User(Base):
    """Somebody who buys."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("email_address", name="uq_users_email"),
        CheckConstraint("email_address <> ''", name="ck_users_email"),
        Index("ix_users_city_email", "city", "email_address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(String(60), server_default="Basel")
    email_address: Mapped[str] = mapped_column(String(120))


class Order(Base):
    """Something that was bought."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
