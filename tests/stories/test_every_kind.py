"""Every kind under two releases that write all the time, to the end and back; 0 errors.

Each story is told on one of the majors here, in turn; `python -m tests.matrix` tells all on each.
One is of a tree of tables; the others are in `tests.thorough.test_tree_stories`.
"""

import pytest

from tests.stories.kinds import STORIES
from tests.stories.story import Story
from tests.stories.telling import tell
from tests.stories.tree_kinds import TREES
from tests.support.server import Servers
from tests.support.wish import Wish

MAJORS = Servers(Wish.read()).majors()


@pytest.mark.parametrize(
    ("major", "story"),
    [(MAJORS[at % len(MAJORS)], story) for at, story in enumerate((*STORIES, TREES[0]))],
    ids=str,
    indirect=["major"],
    scope="session",
)
def test_no_request_fails_and_no_write_is_lost(dsn: str, story: Story) -> None:
    tell(dsn, story)
