"""Every kind that is registered is walked, killed and told, or it is written why not."""

from pathlib import Path

from expandcontract.changes.registry import kinds
from tests.engine.every_kind import DYING, NOT_WALKED, WALKED
from tests.stories.kinds import NOT_TOLD, STORIES, TOLD_ELSEWHERE

TESTS = Path(__file__).parents[1]


def test_every_kind_is_walked_and_killed() -> None:
    walked = {case.change.kind for case in WALKED}
    dying = {case.change.kind for case in DYING}

    assert walked | NOT_WALKED.keys() == kinds().keys()
    assert dying == walked
    assert walked & NOT_WALKED.keys() == set()


def test_every_kind_has_a_story() -> None:
    told = {story.change.kind for story in STORIES}

    assert told | TOLD_ELSEWHERE.keys() | NOT_TOLD.keys() == kinds().keys()
    assert told & NOT_TOLD.keys() == set()


def test_a_story_that_is_told_elsewhere_is_told_there() -> None:
    for kind, module in TOLD_ELSEWHERE.items():
        assert kinds()[kind].__name__ in (TESTS / "stories" / f"{module}.py").read_text("utf-8")


def test_what_dies_is_walked_too() -> None:
    assert [case.id for case in DYING if case not in WALKED] == []


def test_cases_have_names_of_their_own() -> None:
    names = [(case.change.kind, case.id) for case in WALKED]

    assert sorted(names) == sorted(set(names))
