"""What SARIF 2.1.0 asks of a log, as far as this package writes it (OASIS, chapter 3)."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from expandcontract.lint.formats import sarif
from expandcontract.lint.linter import Options, Source, judge

SCHEMA = Path(__file__).parent / "sarif" / "sarif-2.1.0-rtm.5.json"
SQL = 'SELECT 1;\n  CREATE INDEX i ON "é" (x);\nALTER TABLE t FROB;\nDROP TABLE a\n  CASCADE;\n'


@pytest.fixture(scope="module")
def log() -> dict[str, Any]:
    sources = [Source(text=SQL, path="migrations/é 1#a.sql"), Source(text="", path="b\\c.sql")]
    document: dict[str, Any] = json.loads(sarif.render(judge(sources, Options(major=15))))
    return document


def test_a_log_has_a_version_and_one_run_of_one_tool(log: dict[str, Any]) -> None:
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    assert set(run) == {"tool", "columnKind", "results"}
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert {"name", "version", "rules"} == set(run["tool"]["driver"])


def test_rules_have_ids_of_their_own_and_texts(log: dict[str, Any]) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]

    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        assert len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"])


def test_results_name_a_rule_and_a_region_that_can_be_shown(log: dict[str, Any]) -> None:
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        assert all(isinstance(mark, str) for mark in result["partialFingerprints"].values())
        [location] = result["locations"]
        region = location["physicalLocation"]["region"]
        assert all(isinstance(place, int) and place >= 1 for place in region.values())
        assert (region["startLine"], region["startColumn"]) < (
            region["endLine"],
            region["endColumn"],
        )


def test_an_address_is_a_relative_uri(log: dict[str, Any]) -> None:
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
    }

    assert uris == {"migrations/%C3%A9%201%23a.sql"}
    assert all(re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri) for uri in uris)


def test_a_log_is_valid_by_the_schema(log: dict[str, Any]) -> None:
    """And one with a mistake in it is not, so that the schema is really asked."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    valid = jsonschema.Draft4Validator(schema)
    valid.validate(log)
    assert len(log["runs"][0]["results"]) > 1

    for wrong in ({**log, "version": "2.0.0"}, {**log, "run": []}, {"version": "2.1.0"}):
        assert not valid.is_valid(wrong)
    result = {**log["runs"][0]["results"][0], "level": "fatal"}
    assert not valid.is_valid({**log, "runs": [{**log["runs"][0], "results": [result]}]})
