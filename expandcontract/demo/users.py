"""The table that the demonstration works on, and the roles of those who use it."""

import secrets
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from expandcontract.embedded import Node

DATABASE = "shop"
OWNER = "shop_owner"  # no superuser: what the engine does, a table's owner may do
APPLICATION = "shop_app"

_TABLE: LiteralString = """
    CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        email varchar(320) NOT NULL,
        city text,
        about text,
        visits integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz,
        -- Counts the writes of a row, as the optimistic locking of most ORMs does.
        version integer NOT NULL DEFAULT 1
    )
"""
_FILL: LiteralString = """
    INSERT INTO users (name, email, city, about, visits)
    SELECT 'User ' || n, 'user' || n || '@example.org',
           (ARRAY['Accra', 'Bergen', 'Cusco', 'Delhi', 'Espoo'])[1 + mod(n, 5)],
           repeat('Likes long walks. ', mod(n, 6)), mod(n, 100)
    FROM generate_series(1, %s::integer) AS n
"""
_AFTERWARDS: tuple[LiteralString, ...] = (
    "ALTER TABLE users ADD PRIMARY KEY (id)",
    "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email)",
    "ALTER TABLE users ADD CONSTRAINT users_email_check CHECK (email LIKE '%_@_%')",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {APPLICATION}",
    "VACUUM (ANALYZE) users",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The database, as its owner and as the application reach it."""

    owner: str = field(repr=False)
    application: str = field(repr=False)


def first_email(number: int) -> str:
    """The email that a user of the first hour has before anybody writes.

    >>> first_email(7)
    'user7@example.org'
    """
    return f"user{number}@example.org"


def open_shop(primary: Node, rows: int) -> Shop:
    """Make the database, two ordinary roles and a table with so many users."""
    passwords = {role: secrets.token_hex(12) for role in (OWNER, APPLICATION)}
    with psycopg.connect(primary.dsn, autocommit=True) as connection:
        for role, password in passwords.items():
            created = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(created.format(sql.Identifier(role), password))
        # Only so may the owner see how far the standbys are.
        connection.execute(f"GRANT pg_monitor TO {OWNER}")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    where = primary.dsn_of(DATABASE)
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute(f"GRANT CREATE ON SCHEMA public TO {OWNER}")
    shop = Shop(
        owner=make_conninfo(where, user=OWNER, password=passwords[OWNER]),
        application=make_conninfo(where, user=APPLICATION, password=passwords[APPLICATION]),
    )
    with psycopg.connect(shop.owner, autocommit=True) as connection:
        connection.execute(_TABLE)
        connection.execute(_FILL, (rows,))
        for command in _AFTERWARDS:
            connection.execute(command)
    return shop
