"""An application asks whether the schema can serve it."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.errors import NotReadyError, UnknownPhaseError


def table(connection: psycopg.Connection) -> ec.RenameColumn:
    connection.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
    return ec.RenameColumn(table="users", old="email", new="email_address")


def test_a_release_is_served_from_the_phase_on_that_it_names(
    connection: psycopg.Connection, dsn: str
) -> None:
    change = table(connection)
    with pytest.raises(NotReadyError, match="not known to this database"):
        ec.require(dsn, "users.email", at_least="expanded")

    ec.apply(dsn, change, ec.Phase.EXPAND)

    ec.require(dsn, "users.email", at_least="expanded")
    ec.require(dsn, "public.users.email_address", at_least="expanded")
    ec.require(dsn, change.name, at_least="expand")
    with pytest.raises(NotReadyError, match="to be switched, and it is expanded"):
        ec.require(dsn, "users.email", at_least="switched")


def test_a_closed_change_serves_everybody_and_a_reverted_one_nobody(
    connection: psycopg.Connection, dsn: str
) -> None:
    change = table(connection)
    for phase in ec.Phase:
        ec.apply(dsn, change, phase, quiet=0)
    ec.require(dsn, "users.email_address", at_least="contracted")

    for phase in reversed(ec.Phase):
        ec.revert(dsn, change, phase)

    with pytest.raises(NotReadyError):
        ec.require(dsn, "users.email_address", at_least="expanded")


def test_a_role_without_any_privilege_of_ours_may_ask(
    connection: psycopg.Connection, dsn: str
) -> None:
    ec.apply(dsn, table(connection), ec.Phase.EXPAND)
    connection.execute("CREATE ROLE ec_readiness_reader")
    try:
        with psycopg.connect(dsn, autocommit=True) as application:
            application.execute("SET ROLE ec_readiness_reader")
            ec.require(application, "users.email", at_least="expanded")
    finally:
        connection.execute("DROP ROLE ec_readiness_reader")


def test_a_misspelt_phase_names_the_nearest(dsn: str) -> None:
    with pytest.raises(UnknownPhaseError, match="did you mean 'switched'"):
        ec.require(dsn, "users.email", at_least="swiched")
