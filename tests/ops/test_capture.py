"""The phases of revisions, told without a database."""

import re
from pathlib import Path

import pytest

from expandcontract.changes.add_index import AddIndex
from expandcontract.model.phase import Phase
from expandcontract.ops.capture import alembic_config, database_url, files_of, planned
from expandcontract.ops.errors import (
    ProjectNotReadError,
    RevisionNotReadError,
    UnknownOptionError,
)
from expandcontract.ops.reading.environment import Said
from expandcontract.rehearsal import project as rehearsed
from tests.ops.project import EMAIL, EXAMPLE, Project

NOWHERE = "postgresql://nobody@nowhere.invalid:1/none"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project", NOWHERE)


def test_all_phases_in_their_order() -> None:
    found = planned(alembic_config(EXAMPLE))

    assert [(one.revision, one.phase) for one in found] == [
        ("r2", Phase.EXPAND),
        ("r3", Phase.EXPAND),
        ("r4", Phase.BACKFILL),
        ("r5", Phase.SWITCH),
        ("r6", Phase.CONTRACT),
    ]
    assert isinstance(found[0].change, AddIndex)
    assert {one.change for one in found[1:]} == {EMAIL}
    assert not any(one.reverts for one in found)
    assert Path(found[0].path).name == "r2_index_orders.py"


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [("r4", ["r4"]), ("r3:r5", ["r4", "r5"]), (":r3", ["r2", "r3"]), ("r4:head", ["r5", "r6"])],
)
def test_some_of_them(revisions: str, expected: list[str]) -> None:
    found = planned(alembic_config(EXAMPLE / "alembic.ini"), revisions)

    assert [one.revision for one in found] == expected


def test_a_revision_that_asks_its_database_matters_only_with_a_phase_in_it(
    project: Project,
) -> None:
    asking = "op.get_bind().exec_driver_sql('SELECT 1').scalar()"
    project.write_revision("r7", "r6", asking)
    assert len(planned(alembic_config(project.folder))) == 5

    project.write_revision("r7", "r6", f"{asking}; op.expand(EMAIL)")
    with pytest.raises(RevisionNotReadError, match="revision r7 cannot be read"):
        planned(alembic_config(project.folder))


def test_a_project_in_a_pyproject_file(project: Project) -> None:
    (project.folder / "alembic.ini").unlink()
    toml = project.folder / "pyproject.toml"
    toml.write_text(
        '[tool.alembic]\nscript_location = "%(here)s/migrations"\nprepend_sys_path = ["%(here)s"]\n'
    )

    assert len(planned(alembic_config(toml))) == 5
    assert database_url(alembic_config(project.folder)) is None


def test_the_url_of_the_database(project: Project) -> None:
    url = NOWHERE.replace("postgresql:", "postgresql+psycopg:")
    assert database_url(alembic_config(project.folder)) == url

    project.edit("alembic.ini", {url: "driver://user:pass@localhost/dbname"})
    assert database_url(alembic_config(project.folder)) is None


def test_what_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotReadError, match="there is no such file"):
        alembic_config(tmp_path)

    (tmp_path / "alembic.ini").write_text("[alembic]\n")
    with pytest.raises(ProjectNotReadError, match="names no script_location"):
        alembic_config(tmp_path)

    with pytest.raises(ProjectNotReadError, match="Can't locate revision"):
        planned(alembic_config(EXAMPLE), "nowhere")


def test_the_names_of_options_are_known() -> None:
    assert "quiet" in str(UnknownOptionError("option", "quite", ("policy", "quiet")))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("def broken(:", 1, "SyntaxError"),
        ("revision = 'r7'\nimport no_such_module", 2, "ModuleNotFoundError"),
        ("revision = 'r7'\n\nEMAIL.name", 3, "NameError"),
        ("raise SystemExit(3)", 1, "SystemExit"),
    ],
)
def test_a_file_that_cannot_be_imported_is_named_with_its_line(
    project: Project, text: str, line: int, reason: str
) -> None:
    path = project.folder / "migrations" / "versions" / "zz.py"
    path.write_text(text, "utf-8")
    config = alembic_config(project.folder)
    expected = re.escape(f"{path}:{line}: it cannot be imported: {reason}")

    with pytest.raises(ProjectNotReadError, match=expected):
        planned(config)
    with pytest.raises(ProjectNotReadError, match=expected):
        files_of(config, "r1")
    found = rehearsed.Project(config=config, said=Said(options={}, arguments={}))
    with pytest.raises(ProjectNotReadError, match=expected):
        rehearsed.route(found, (), None)
