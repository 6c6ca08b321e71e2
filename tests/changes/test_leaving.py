"""What is left on purpose may be spelled as a server says it, or as a script does."""

import pytest

from expandcontract.changes._leaving import unspoken

BOTH = ("view rich", "view public.rich")


@pytest.mark.parametrize("found", BOTH)
@pytest.mark.parametrize("said", BOTH)
def test_public_may_be_said_or_not(found: str, said: str) -> None:
    assert list(unspoken([found], (said,))) == []
    [reason] = unspoken([found], ())
    assert 'say leave=("view public.rich",)' in reason


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("view app.rich", "view rich"),
        ('view app."a.b"', 'view "a.b"'),
        ("materialized view public.rich", "view rich"),
        ("index rich", "index public.rich"),
    ],
)
def test_another_thing_is_not_meant(found: str, said: str) -> None:
    assert len(list(unspoken([found], (said,)))) == 1


def test_a_quoted_view_and_a_materialized_one() -> None:
    assert list(unspoken(['view public."A b"'], ('view "A b"',))) == []
    assert list(unspoken(["materialized view m"], ("materialized view public.m",))) == []
