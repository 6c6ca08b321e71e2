"""Which server a test gets, and which tests a server gets."""

import inspect

import pytest

from expandcontract.embedded import Server
from tests.support.containers import ContainerServer
from tests.support.releases import fits, skip_unless
from tests.support.server import Need, Servers, UnfitError
from tests.support.wish import Wish


def servers(**environment: str) -> Servers:
    return Servers(Wish.read(environment))


@pytest.mark.parametrize("backend", ["dsn", "local", "wheel"])
def test_no_server_is_an_error_and_not_a_skip(backend: str) -> None:
    with pytest.raises(UnfitError, match=f"no PostgreSQL for .*major=99(?s:.*)  {backend}: "):
        servers(EC_TEST_BACKEND=backend).start(Need(major=99))


@pytest.mark.parametrize(
    ("environment", "majors"),
    [
        ({"EC_TEST_PG": "16"}, (16,)),
        ({"EC_TEST_PG": "16", "EC_TEST_MAJORS": "14,17"}, (14, 17)),
        ({"EC_TEST_DSN": "postgresql://somewhere"}, (None,)),
        ({"EC_TEST_BACKEND": "docker"}, (None,)),
        ({"EC_TEST_BACKEND": "wheel"}, (16, 18)),
    ],
)
def test_the_environment_chooses_the_majors(
    environment: dict[str, str], majors: tuple[int | None, ...]
) -> None:
    assert servers(**environment).majors() == majors


@pytest.mark.parametrize(
    ("wanted", "fitting"),
    [(">= 14", [14, 15]), ("< 14", [13]), (">13,!=15", [14]), ("== 15", [15]), ("<=14", [13, 14])],
)
def test_a_mark_chooses_releases(wanted: str, fitting: list[int]) -> None:
    assert [major for major in (13, 14, 15) if fits(major, wanted)] == fitting


def test_a_test_for_other_releases_is_skipped_with_a_reason() -> None:
    with pytest.raises(pytest.skip.Exception, match="for PostgreSQL >= 16, this is 15"):
        skip_unless(15, ">= 16")


def test_a_mark_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"pg\('14\+'\) is not understood"):
        fits(14, "14+")


@pytest.mark.parametrize("harm", ["start", "stop", "restart", "kill", "freeze", "thaw"])
def test_containers_are_harmed_by_the_same_methods(harm: str) -> None:
    ours, theirs = (inspect.signature(getattr(kind, harm)) for kind in (Server, ContainerServer))

    assert ours == theirs
