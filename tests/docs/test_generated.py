from pathlib import Path

import pytest

from docs import generate


@pytest.mark.parametrize("page", generate.pages(), ids=lambda page: page.stem)
def test_a_page_is_what_the_code_makes_of_it(page: Path) -> None:
    text = page.read_text("utf-8")

    assert generate.renewed(text) == text, "run: python docs/generate.py"


def test_every_part_stands_on_a_page() -> None:
    texts = [page.read_text("utf-8") for page in generate.pages()]

    assert {m["name"] for text in texts for m in generate.PART.finditer(text)} == set(
        generate.PARTS
    )
