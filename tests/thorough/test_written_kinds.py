"""`ec new` for every kind: what it writes runs, and `ec status` leads to the end of it."""

import psycopg
import pytest

from tests.cli.conftest import Ec, dsn, ec
from tests.cli.test_new import project
from tests.cli.writing_kinds import CASES, carry_on
from tests.ops.generating import Generated

__all__ = ["dsn", "ec", "project"]


@pytest.mark.parametrize("kind", CASES)
def test_a_kind_is_carried_on_as_its_status_advises(
    kind: str, connection: psycopg.Connection, ec: Ec, project: Generated
) -> None:
    carry_on(CASES[kind], connection, ec, project)
