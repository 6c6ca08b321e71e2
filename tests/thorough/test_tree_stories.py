"""The kinds on partitioned and inherited tables under two releases that write all the time.

Each is told on one of the majors here, in turn; `tests.soak.test_parts` tells all on each.
"""

import pytest

from tests.stories.story import Story
from tests.stories.telling import tell
from tests.stories.test_every_kind import MAJORS
from tests.stories.tree_kinds import OFTEN


@pytest.mark.parametrize(
    ("major", "story"),
    [(MAJORS[at % len(MAJORS)], story) for at, story in enumerate(OFTEN)],
    ids=str,
    indirect=["major"],
    scope="session",
)
def test_no_request_fails_and_no_write_is_lost_in_a_tree_of_tables(dsn: str, story: Story) -> None:
    tell(dsn, story)
