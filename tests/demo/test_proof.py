"""The demonstration's own account has to notice what it claims to have looked for."""

from collections.abc import Iterator

import psycopg
import pytest

from expandcontract.demo import proof
from expandcontract.demo.cast import CHANGE, old_release
from expandcontract.demo.fleet import Fleet, InstanceDiedError
from expandcontract.demo.users import Shop, open_shop
from expandcontract.embedded import Cluster, start
from expandcontract.engine.api import apply
from expandcontract.model.phase import Phase

ROWS = 1000


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with start() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def shop(cluster: Cluster) -> Shop:
    shop = open_shop(cluster.primary, ROWS)
    apply(shop.owner, CHANGE, Phase.EXPAND)
    apply(shop.owner, CHANGE, Phase.BACKFILL)
    return shop


def test_an_untouched_table_is_as_expected(shop: Shop) -> None:
    assert proof.mismatches(shop.owner, proof.expected(ROWS, [])) == []
    assert proof.agreement(shop.owner).holds


def test_a_lost_write_is_noticed(shop: Shop) -> None:
    wanted = proof.expected(ROWS, [(7, 2, "seven@example.org"), (8, 2, None), (ROWS + 1, 1, "x")])

    assert [text.split(":")[0] for text in proof.mismatches(shop.owner, wanted)] == [
        "user 7",
        "user 8",
        f"user {ROWS + 1}",
    ]


def test_columns_that_differ_are_noticed(shop: Shop) -> None:
    with psycopg.connect(shop.owner) as connection:
        connection.execute("ALTER TABLE users DISABLE TRIGGER USER")
        connection.execute("UPDATE users SET email_address = 'else@example.org' WHERE id = 9")
        connection.execute("ALTER TABLE users ENABLE TRIGGER USER")
    found = proof.agreement(shop.owner)
    with psycopg.connect(shop.owner) as connection:
        connection.execute("ALTER TABLE users DISABLE TRIGGER USER")
        connection.execute("UPDATE users SET email_address = email WHERE id = 9")
        connection.execute("ALTER TABLE users ENABLE TRIGGER USER")

    assert not found.holds
    assert found.differing == 1


def test_a_request_that_fails_is_counted_and_named(shop: Shop) -> None:
    with psycopg.connect(shop.owner) as connection:
        connection.execute("REVOKE UPDATE ON users FROM shop_app")
    with Fleet() as fleet:
        fleet.during("a broken grant")
        fleet.start(old_release(shop, ROWS, 5))
        fleet.during("the rest")
        fleet.end("old")
        counted = fleet.counted
    with psycopg.connect(shop.owner) as connection:
        connection.execute("GRANT UPDATE ON users TO shop_app")

    assert counted.failed > 0
    assert "old-5, a broken grant: InsufficientPrivilege" in counted.errors[0]


def test_an_instance_that_cannot_start_is_an_error() -> None:
    nowhere = Shop(owner="", application="postgresql://nobody@127.0.0.1:1/nothing")

    with Fleet() as fleet, pytest.raises(InstanceDiedError):
        fleet.start(old_release(nowhere, ROWS, 0))
