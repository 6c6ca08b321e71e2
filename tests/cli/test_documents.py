"""What `--json` prints is read by scripts: every key that was there once stays there."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ec

STATUS = (
    "name kind state open next_phase closed_by due backfills worked_on_by wish owner contract_by"
    " since last_error percent killed closes_from soak brown_out coming_back"
)
BACKFILL = (
    "step rows_estimated rows_seen rows_written finished held_by rows_failed workers updated_at"
)
KEYS: dict[tuple[str, ...], dict[str, str]] = {
    ("status",): {"": "changes", "changes.": STATUS},
    ("status", "NAME"): {"changes.": f"{STATUS} events", "changes.backfills.": BACKFILL},
    ("status", "--overdue"): {"": "changes"},
    ("plan", "NAME"): {
        "": "plans",
        "plans.": "name state revision phases reverts problem waits fingerprint rates tables plan",
        "plans.tables.": "name rows_estimated bytes",
        "plans.rates": "read basis",
        "plans.plan": "steps",
        "plans.plan.steps.": "name phase summary state expected_seconds",
    },
    ("contract-check", "NAME"): {
        "": "name state open reasons evidence probes stored",
    },
    ("doctor",): {"": "ok checks", "checks.": "check verdict text next_step"},
    ("pause", "NAME"): {"": "name wish worked_on_by"},
    ("resume", "NAME"): {"": "name wish worked_on_by"},
    ("tune", "NAME", "workers=2"): {"": "name settings"},
    ("backfill", "NAME", "--dry-run"): {"": "steps written"},
    ("report", "NAME", "--output", "page.html"): {"": "name file"},
    ("verify", "NAME"): {"": STATUS},
    ("rules",): {"": "rule name severity hazard by_default summary"},
    ("explain", "EC101"): {"": "rule name severity hazard summary why bad says help good"},
    ("init", "--dry-run"): {"": "parts", "parts.": "file what done reason"},
    ("nonsense",): {"": "error", "error": "kind message exit_code facts"},
}


@pytest.mark.parametrize("words", KEYS, ids=" ".join)
def test_a_document_keeps_its_keys(
    ec: Ec, words: Sequence[str], backfilled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    outcome = ec(*(backfilled if word == "NAME" else word for word in words), "--json")
    printed = outcome.err if words == ("nonsense",) else outcome.out
    document = json.loads(printed.splitlines()[-1])

    for path, promised in KEYS[tuple(words)].items():
        for found in places(document, path):
            assert set(promised.split()) - set(found) == set(), path or words


def places(document: Any, path: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """Everything that stands at `a.b`, lists gone through."""
    found = flat(document)
    for name in path.removesuffix(".").split(".") if path else []:
        found = [item for one in found for item in flat(one[name])]
    return found


def flat(document: Any) -> list[Any]:  # noqa: ANN401
    return document if isinstance(document, list) else [] if document is None else [document]
