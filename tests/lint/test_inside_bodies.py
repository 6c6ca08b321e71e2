"""What stands in a body is read up to the body's end, and no further."""

import pytest

from expandcontract.lint.linter import lint


@pytest.mark.parametrize(
    "text",
    [
        "DO $$BEGIN EXECUTE $q$DROP TABLE gone$q$; END$$;",
        "DO $$BEGIN EXECUTE 'DROP TABLE gone'; END$$;",
        "DO $$BEGIN DROP TABLE gone$$;",
        "DO 'BEGIN DROP TABLE gone';",
    ],
)
def test_a_name_ends_with_the_body(text: str) -> None:
    [finding] = lint(text, runner="autocommit").findings

    assert finding.message.startswith("dropping gone loses")
