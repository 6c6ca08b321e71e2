"""Phases that Alembic carries out are told to webhooks, and nobody waits for them."""

import pytest

import expandcontract as ec
from expandcontract.model.phase import Phase
from tests.ops.project import EMAIL, Project
from tests.support.webhook import GOT, listening

NAME = EMAIL.name


def told() -> list[str]:
    return [str(mark["text"]) for _, _, mark in GOT]


def test_an_upgrade_and_a_downgrade_mark_what_they_carry_out(
    settled: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening() as there:
        monkeypatch.setenv("EC_WEBHOOKS", f"grafana:http://:t0k3n@{there}")
        settled.alembic("upgrade", "r2")
        assert told() == ["orders.index-ix_orders_user_id: expand is over"]
        GOT.clear()
        settled.alembic("upgrade", "head")  # contract is only due
        settled.alembic("upgrade", "head")
        settled.alembic("downgrade", "r2")

        assert told() == [
            *(f"{NAME}: {phase} is over" for phase in ("expand", "backfill", "switch")),
            *(f"{NAME}: {phase} was taken back" for phase in ("switch", "backfill", "expand")),
        ]
        path, secret, mark = GOT[0]
        assert (path, secret) == ("/api/annotations", "Bearer t0k3n")
        assert mark["tags"] == ["expandcontract", "phase_done", NAME]


def test_the_settings_are_those_of_ec(settled: Project) -> None:
    with listening() as there:
        settings = f'[tool.expandcontract]\nwebhooks = ["http://{there}/hook"]\n'
        (settled.folder / "pyproject.toml").write_text(settings, "utf-8")
        settled.alembic("upgrade", "r2")
        GOT.clear()
        settled.alembic("upgrade", "r3")
        ec.apply(settled.dsn, EMAIL, Phase.BACKFILL)  # from Python there is nothing to read

        assert told() == [f"{NAME}: expand is over"]
        assert GOT[0][2]["database"] == settled.dsn.rpartition("/")[2]

        settled.configure(marks=False)
        settled.alembic("upgrade", "r5")
        assert len(GOT) == 1


def test_a_database_that_is_being_built_marks_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening() as there:
        monkeypatch.setenv("EC_WEBHOOKS", f"http://{there}/hook")
        project.alembic("upgrade", "head")

        assert told() == []


def test_an_upgrade_does_not_fail_for_a_mark(
    settled: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening() as there:
        monkeypatch.setenv("EC_WEBHOOKS", f"http://{there}/refuses http://127.0.0.1:1/s3cret")
        said = settled.alembic("upgrade", "r3")
        assert "did not reach the webhook at 127.0.0.1: it answered 500" in said
        assert "no answer (Connection refused)" in said

    monkeypatch.setenv("EC_WEBHOOKS", "ftp://host/s3cret")
    said += settled.alembic("upgrade", "r4")
    assert "not marked: a webhook in EC_WEBHOOKS is not usable" in said
    monkeypatch.delenv("EC_WEBHOOKS")
    (settled.folder / "expandcontract.toml").write_text("web_hooks = []", "utf-8")
    said += settled.alembic("upgrade", "r5")
    assert "not marked: " in said
    assert "did you mean 'webhooks'?" in said
    assert "s3cret" not in said
    assert settled.state == "switch"
