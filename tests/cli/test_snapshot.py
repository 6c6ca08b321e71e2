"""`ec snapshot` writes what a release maps, and `ec lint` goes by it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from expandcontract import cli
from expandcontract.cli.snapshot_metadata import MetadataNotFoundError, metadata_at, release
from expandcontract.lint.release import Use, read
from expandcontract.model.names import TableName

HERE = __name__


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(50))
    kind: Mapped[str] = mapped_column(server_default="reader")
    token: Mapped[str] = mapped_column(default="none")
    note: Mapped[str | None]
    upper: Mapped[str] = mapped_column(sa.Computed("upper(email)"))


class Place(Base):
    __table__ = sa.Table(
        "Odd places",
        Base.metadata,
        sa.Column("east", sa.Integer, primary_key=True),
        sa.Column("north", sa.Integer, primary_key=True),
        schema="app",
    )


def test_the_document_tells_what_an_insert_has_to_name() -> None:
    text = release(Base.metadata).document()

    users = json.loads(text)["tables"]["public.users"]
    assert users["email"] == {"type": "VARCHAR(50)", "required": True, "default": None}
    assert {name: (told["required"], told["default"]) for name, told in users.items()} == {
        "email": (True, None),
        "id": (False, "server"),
        "kind": (False, "server"),
        "note": (False, None),
        "token": (False, "client"),
        "upper": (False, "server"),
    }
    assert read(text).column(TableName("Odd places", "app"), "north") is Use.MAPPED


@pytest.mark.parametrize("place", ["Base", "Base.metadata", "User"])
def test_a_base_and_its_metadata_are_the_same(place: str) -> None:
    assert metadata_at(f"{HERE}:{place}") is Base.metadata


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("models", "module:attribute"),
        (f"{HERE}:Nobody", "AttributeError"),
        ("no.such.module:Base", "ModuleNotFoundError"),
        (f"{HERE}:HERE", "of type str has no tables"),
    ],
)
def test_what_has_no_tables_is_named_with_a_reason(place: str, reason: str) -> None:
    with pytest.raises(MetadataNotFoundError, match=reason):
        metadata_at(place)


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    return int(str(ended.value.code))


def test_a_new_release_file_is_a_new_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("a.sql").write_text("ALTER TABLE users DROP COLUMN gone;\n")
    lint = ("lint", "a.sql", "--release-file", "release.json")

    assert run("lint", "a.sql") == 1
    assert run("snapshot", f"{HERE}:Base", "--output", "release.json") == 0
    assert run(*lint) == 0
    text = Path("release.json").read_text()
    Path("release.json").write_text(text.replace('"note"', '"gone"'))
    assert run(*lint) == 1
    Path("expandcontract.toml").write_text('release_file = "release.json"\n')
    capsys.readouterr()
    assert run("lint", "a.sql") == 1
    assert "the running release, which maps it" in capsys.readouterr().out
    Path("release.json").write_text("{}")
    assert run("lint", "a.sql") == 2
    assert "ec snapshot" in capsys.readouterr().err


def test_as_json_it_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("snapshot", f"{HERE}:Base", "--json") == 0
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["version"] == 1

    target = tmp_path / "release.json"
    assert run("snapshot", f"{HERE}:Base", "--output", str(target), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(target)}
    assert json.loads(target.read_text("utf-8")) == json.loads(line)
