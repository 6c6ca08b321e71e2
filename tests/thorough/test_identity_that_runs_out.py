"""An identity that runs out of integers, as the serial key of the default run does."""

import pytest

from tests.stories.test_key_that_runs_out import KEYS, past_the_end


@pytest.mark.parametrize(("key", "identity"), KEYS[1:], ids=["identity"])
def test_no_request_fails_and_keys_go_on_past_the_end_of_integer(
    dsn: str, key: str, identity: str
) -> None:
    past_the_end(dsn, key, identity)
