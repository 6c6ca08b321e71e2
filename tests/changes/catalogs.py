"""Catalogs made by hand."""

from expandcontract.model.catalog import (
    Catalog,
    Column,
    Constraint,
    ConstraintKind,
    Index,
    IndexKey,
    Table,
)
from expandcontract.model.names import TableName

ID = Column(name="id", type="bigint", not_null=True)
EMAIL = Column(name="email", type="text", not_null=True, default="'none'::text")
KEY = Index(
    name="users_pkey",
    keys=(IndexKey(column="id"),),
    unique=True,
    primary=True,
    constraint="users_pkey",
    columns=("id",),
    usable_key=True,
)
USERS = Table(
    name=TableName("users", "public"),
    columns=(ID, EMAIL, Column(name="note", type="text")),
    indexes=(
        KEY,
        Index(name="lower_email", keys=(IndexKey(expression="lower(email)"),), columns=("email",)),
        Index(
            name="unique_email",
            keys=(IndexKey(column="email"),),
            unique=True,
            constraint="unique_email",
            columns=("email",),
        ),
    ),
    constraints=(
        Constraint(
            name="no_empty_email",
            kind=ConstraintKind.CHECK,
            columns=("email",),
            definition="CHECK ((email <> ''::text))",
        ),
        Constraint(
            name="unique_email",
            kind=ConstraintKind.UNIQUE,
            columns=("email",),
            definition="UNIQUE (email)",
        ),
        Constraint(
            name="users_pkey",
            kind=ConstraintKind.PRIMARY_KEY,
            columns=("id",),
            definition="PRIMARY KEY (id)",
        ),
    ),
)


def catalog(table: Table = USERS) -> Catalog:
    return Catalog(version=150018, tables=(table,))
