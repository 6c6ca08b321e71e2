"""The release that runs between expand and contract."""

import expandcontract as ec
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

RENAME = ec.RenameColumn(table="users", old="email", new="email_address")


class Base(DeclarativeBase):
    """What the shop maps."""


class User(Base):
    """Somebody who buys."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_old: Mapped[str] = mapped_column("email")
    email_new: Mapped[str] = mapped_column("email_address")
    email = ec.orm.switched("users.email", old=email_old, new=email_new)
