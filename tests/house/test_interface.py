"""The names that users and scripts rely on: none of them is lost or changes its meaning.

More may be added at any time. A name here that turns out wrong gets a better one beside it, and
goes on working.
"""

import dataclasses
import inspect
import json
from typing import Any

import click
import pytest

import expandcontract as ec
from expandcontract import cli, config
from expandcontract.changes.registry import kinds
from expandcontract.config.settings import keys
from expandcontract.lint import formats
from expandcontract.lint.finding import Severity
from expandcontract.lint.options import Runner
from expandcontract.model.hazard import Hazard
from expandcontract.ops import operations
from expandcontract.signals.registry import known

EVERYWHERE = "--dsn --config --json -q -v --no-color"

COMMANDS = {
    "init": "",
    "lint": "PATHS… --base --format --output --dialect --pg-version --select --ignore --fail-on"
    " --baseline --update-baseline --fix --diff --stats --effects --no-cache --schema --runner",
    "explain": "RULE",
    "rules": "",
    "new": "KIND FIELDS…",
    "plan": "[TARGET]",
    "rehearse": "REVISIONS… --scratch --load",
    "status": "[NAME]",
    "backfill": "TARGET --set --where --max-lag --target-ms --batch-size --workers --limit"
    " --window --dry-run --detach",
    "pause": "NAME",
    "resume": "NAME",
    "cancel": "NAME",
    "tune": "NAME SETTINGS…",
    "verify": "NAME --repair",
    "switch": "NAME --percent --to --kill",
    "contract": "[NAME]",
    "contract-check": "NAME",
    "doctor": "",
    "report": "NAME --output",
    "demo": "",
}
CHOICES = {
    ("lint", "--format"): "text json github gitlab sarif junit",
    ("lint", "--dialect"): "postgres mysql mariadb",
    ("lint", "--fail-on"): "error warning never",
    ("lint", "--runner"): "alembic alembic-per-migration single-transaction autocommit"
    " multi-statement",
    ("switch", "--to"): "new old",
}
AGAIN_AND_AGAIN = {("backfill", "--limit"), ("backfill", "--set"), ("lint", "--select")}
FLAGS = {
    "lint": "--update-baseline --fix --diff --stats --effects --no-cache",
    "backfill": "--dry-run --detach",
    "rehearse": "--load",
    "verify": "--repair",
    "switch": "--kill",
}
EXITS = {"DONE": 0, "FINDINGS": 1, "USAGE": 2, "DATABASE": 3, "STOPPED": 4}
SETTINGS = (
    "dsn alembic_config pg_version dialect select ignore fail_on baseline lock_timeout"
    " retry_budget max_lag target_ms workers standbys release_file"
)
HAZARDS = (
    "blocks-reads blocks-writes scans rewrites fails breaks-old-code breaks-prepared loses-data"
    " not-repeatable leaves-invalid unread advice"
)
CALLS = {
    "plan": "target change",
    "apply": "target change phase",
    "revert": "target change phase",
    "status": "target",
    "backfill": "target change max_lag= workers=",
    "verify": "target change",
    "require": "target name at_least=",
}
KINDS = {
    "AddColumn": "table column fill",
    "RenameColumn": "table old new",
    "ChangeType": "table column type up down",
    "SplitColumn": "table old new down",
    "MergeColumns": "table old new type up down",
    "SetNotNull": "table column fill",
    "AddCheck": "table name condition",
    "AddForeignKey": "table columns to to_columns name",
    "AddUnique": "table columns name",
    "AddIndex": "table columns name",
    "DropIndex": "",
    "DropColumn": "table column",
    "DropTable": "table",
    "RenameTable": "old new",
    "WidenPrimaryKey": "table column",
    "AddEnumValue": "",
    "ReplaceEnum": "type values mapping",
    "MoveColumn": "",
    "ExtractTable": "",
    "PartitionTable": "",
    "RawSQL": "",
}
OPERATIONS = (
    "expand backfill switch contract revert_expand revert_backfill revert_switch revert_contract"
)


def command(name: str) -> click.Command:
    found = cli.ec.get_command(click.Context(cli.ec), name)
    assert found is not None, f"ec {name} is gone"
    return found


def words(of: click.Command) -> set[str]:
    """Options as they are typed; arguments as `NAME`, `[NAME]` or `NAMES…`."""
    found: set[str] = set()
    for parameter in of.params:
        if isinstance(parameter, click.Argument):
            name = str(parameter.name).upper()
            several, needed = parameter.nargs == -1, parameter.required
            found.add(f"{name}…" if several else name if needed else f"[{name}]")
        else:
            found |= {*parameter.opts, *parameter.secondary_opts}
    return found


def option(name: str, spelling: str) -> click.Parameter:
    return next(one for one in command(name).params if spelling in one.opts)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_takes_what_it_always_took(name: str) -> None:
    promised = {*COMMANDS[name].split(), *EVERYWHERE.split()}

    assert promised - words(command(name)) == set()
    for flag in FLAGS.get(name, "").split():
        assert option(name, flag).to_info_dict()["is_flag"], f"ec {name} {flag} takes a value now"


def test_what_stands_before_the_command_is_what_stands_behind_it() -> None:
    assert set(EVERYWHERE.split()) - words(cli.ec) == set()


@pytest.mark.parametrize("place", CHOICES, ids=" ".join)
def test_a_choice_is_spelled_as_it_always_was(place: tuple[str, str]) -> None:
    kind = option(*place).type

    assert isinstance(kind, click.Choice)
    assert set(CHOICES[place].split()) - set(kind.choices) == set()


def test_what_may_be_given_again_and_again() -> None:
    assert [place for place in AGAIN_AND_AGAIN if not option(*place).multiple] == []


def test_no_argument_became_one_that_must_be_given() -> None:
    for name, promised in COMMANDS.items():
        needed = {w for w in words(command(name)) if w[0] not in "-[" and not w.endswith("…")}

        assert needed <= set(promised.split()), f"ec {name} wants more than it did"
        for one in command(name).params:
            if isinstance(one, click.Option) and one.required:
                assert (name, one.opts) == ("report", ["--output"])


def test_exit_codes_mean_what_they_meant() -> None:
    assert {name: int(cli.Exit[name]) for name in EXITS} == EXITS


def test_settings_and_variables_have_their_names() -> None:
    assert set(SETTINGS.split()) - set(keys()) == set()
    assert (config.environment.__module__, config.read.__module__) != ("", "")
    assert config.database(None, config.Config(), {"EC_DATABASE_URL": "host=h"}) == "host=h"


def test_every_format_dialect_and_runner_that_was_named() -> None:
    assert set(CHOICES["lint", "--format"].split()) <= set(formats.names())
    assert set(CHOICES["lint", "--runner"].split()) <= {str(one) for one in Runner}
    assert {str(one) for one in Severity} == {"error", "warning", "info"}
    assert {str(one) for one in Hazard} == set(HAZARDS.split())


def test_signals_keep_their_names() -> None:
    promised = {"replication_lag", "lock_waiters", "active_sessions", "wal_rate", "slot_retention"}

    assert promised - set(known()) == set()


@pytest.mark.parametrize("name", CALLS)
def test_a_call_takes_what_it_always_took(name: str) -> None:
    parameters = inspect.signature(getattr(ec, name)).parameters
    promised = CALLS[name].split()
    first = [one for one in promised if not one.endswith("=")]

    assert list(parameters)[: len(first)] == first
    assert {one.removesuffix("=") for one in promised} <= set(parameters)
    needed = {
        one.name
        for one in parameters.values()
        if one.default is one.empty and one.kind is not one.VAR_KEYWORD
    }
    assert needed <= {one.removesuffix("=") for one in promised}


def test_lint_takes_what_it_always_took() -> None:
    report = ec.lint(
        "CREATE INDEX i ON t (a)",
        dialect="postgres",
        pg_version=15,
        schema="CREATE TABLE t (a int)",
        runner="autocommit",
    )

    assert [finding.rule for finding in report.findings] == ["EC101"]
    assert [str(one.effects.locks[0].mode) for one in report.statements] == ["SHARE"]
    assert str(inspect.signature(ec.lint).replace(return_annotation=inspect.Signature.empty)) == (
        "(sql: str, dialect: str = 'postgres', pg_version: int = 15, schema: str = '',"
        " runner: str = 'alembic')"
    )


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_made_of_the_fields_that_it_always_had(name: str) -> None:
    kind = getattr(ec, name)
    fields = {field.name for field in dataclasses.fields(kind)}

    assert {*KINDS[name].split(), "name", "owner", "contract_by"} - fields == set()
    assert kind in kinds().values()


def test_a_kind_is_made_of_lists_and_mappings_too() -> None:
    given: list[tuple[str, dict[str, Any]]] = [
        ("AddCheck", {"table": "app.t", "name": "c", "condition": "a > 0"}),
        ("AddForeignKey", {"table": "t", "columns": ["u"], "to": "users", "to_columns": ["id"]}),
        ("AddUnique", {"table": "t", "columns": ["a", "b"], "name": "u"}),
        ("AddIndex", {"table": "t", "columns": ["(lower(a))"], "name": "ix_lower"}),
        (
            "MergeColumns",
            {
                "table": "t",
                "old": ["a", "b"],
                "new": "c",
                "type": "text",
                "up": "a || b",
                "down": {"a": "left(c, 1)", "b": "right(c, -1)"},
            },
        ),
        ("SplitColumn", {"table": "t", "old": "a", "new": {"b": ("text", "a")}, "down": "b"}),
        ("ReplaceEnum", {"type": "m", "values": ["ok"], "mapping": {"yes": "ok"}, "lossy": True}),
    ]

    for name, fields in given:
        assert getattr(ec, name)(**fields).name


def test_the_name_of_what_is_added_is_what_it_is_called_in_the_database() -> None:
    assert ec.AddCheck(table="t", name="c", condition="a > 0").constraint == "c"
    assert ec.AddForeignKey(table="t", columns=("u",), to="users", name="k").constraint == "k"
    assert ec.AddUnique(table="t", columns=("a",), name="u").constraint == "u"
    assert ec.AddIndex(table="t", columns=("a",), name="i").index_name == "i"


def test_operations_have_their_names_and_take_a_change() -> None:
    found = {kind.name: kind for kind in operations.OPERATIONS}

    assert set(OPERATIONS.split()) == set(found)
    for name, kind in found.items():
        assert list(inspect.signature(getattr(kind, name)).parameters) == ["operations", "change"]


def test_phases_are_four_in_this_order() -> None:
    assert [phase.name for phase in sorted(ec.Phase)] == [
        "EXPAND",
        "BACKFILL",
        "SWITCH",
        "CONTRACT",
    ]


def test_the_attribute_and_the_engine() -> None:
    attribute = inspect.signature(ec.orm.switched).parameters
    engine = inspect.signature(ec.orm.install).parameters

    assert list(attribute)[:3] == ["change", "old", "new"]
    assert list(engine)[:2] == ["engine", "release"]


LINTED = {
    "": "version tool pg_version files summary",
    "tool": "name version",
    "files.": "path revision statements findings",
    "files.statements.": "line column end_line sql effects",
    "files.statements.effects": "read transaction locks rewrites scans index_builds",
    "files.statements.effects.locks.": "relation mode",
    "files.findings.": "rule name severity line column end_line end_column message why help hazard"
    " fix",
    "summary": "files statements errors warnings unread",
}


def test_the_document_of_the_linter_keeps_its_keys() -> None:
    text = "CREATE INDEX i ON t (a);\nALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);"
    report = ec.lint(text, schema="CREATE TABLE t (a int)", runner="autocommit")
    document = json.loads(json.dumps(report.to_dict()))

    assert document["version"] == 1
    assert document["tool"]["name"] == "expandcontract"
    for path, promised in LINTED.items():
        for found in places(document, path):
            assert set(promised.split()) - set(found) == set(), path
    fixes = [one["fix"] for one in document["files"][0]["findings"] if one["fix"]]
    assert all(set(fix) >= {"title", "edits"} for fix in fixes)
    assert fixes


def places(document: Any, path: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """What stands at `a.b.`, where a dot at the end goes through a list."""
    found = [document]
    for name in path.removesuffix(".").split(".") if path else []:
        found = [one[name] for one in found]
        found = [item for one in found for item in (one if isinstance(one, list) else [one])]
    assert found, path
    return found
