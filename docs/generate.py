"""The parts of the reference that are made from the code: `python docs/generate.py` renews them.

A page marks where such a part stands: `<!-- made by docs/generate.py: errors -->` and
`<!-- end -->`. `tests/docs/test_generated.py` fails when what stands between is not what this
makes of the code.
"""  # noqa: INP001  (a script beside the pages)

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, get_args

import click
from alembic.operations import Operations

import expandcontract
from expandcontract import cli
from expandcontract.changes import registry as changes
from expandcontract.cli.exits import Exit
from expandcontract.config.settings import Config, keys
from expandcontract.errors import ExpandContractError
from expandcontract.lint import registry as lint
from expandcontract.lint.mysql import online
from expandcontract.lint.mysql.operations import GIVEN, Op
from expandcontract.lint.mysql.profile import PROFILES, Server
from expandcontract.ops.operations import OPERATIONS
from expandcontract.pacing.units import limit_shown
from expandcontract.signals import registry as signals

HERE = Path(__file__).parent
PART = re.compile(
    r"(?P<head><!-- made by docs/generate\.py: (?P<name>[\w-]+) -->\n).*?(?P<tail><!-- end -->)",
    re.DOTALL,
)
NOTHING = "-"


def table(*rows: list[str]) -> str:
    """A Markdown table; the first row is its head."""
    escaped = [[cell.replace("|", r"\|") for cell in row] for row in rows]
    escaped.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped)


def sentence(doc: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(inspect.cleandoc(doc or "").split("\n\n")[0].split())


def code(text: object) -> str:
    """Code within a line."""
    return f"`{text}`"


def block(language: str, text: str) -> str:
    """Code of its own; what psql reads itself is no SQL."""
    if language == "sql" and "\\" in text:
        language = "text"
    return f"```{language}\n{text.strip()}\n```"


# ---------------------------------------------------------------------------------- the commands


def common_options() -> str:
    """What every command takes."""
    return _option_table(_options(cli.ec))


def exit_codes() -> str:
    """The enum's members, with the comments that stand behind them."""
    comments = dict(re.findall(r"^ +(\w+) = \d+ +#: (.+)$", inspect.getsource(Exit), re.MULTILINE))
    return table(
        ["code", "name", "meaning"],
        *([code(int(one)), one.name.lower(), comments[one.name]] for one in Exit),
    )


def commands() -> str:
    """Every command from click itself, but for the common options."""
    context = click.Context(cli.ec, info_name="ec")
    found = [cli.ec.get_command(context, name) for name in cli.ec.list_commands(context)]
    shared = {name for option in _options(cli.ec) for name in option.opts}
    return "\n\n".join(_command(c, context, shared) for c in found if c and not c.hidden)


def _options(command: click.Command) -> list[click.Option]:
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return [option for option in options if option.name != "version"]


def _option_table(options: list[click.Option]) -> str:
    records = [option.get_help_record(click.Context(cli.ec)) for option in options]
    return table(
        ["option", "what it does"],
        *([code(record[0]), " ".join(record[1].split())] for record in records if record),
    )


def _command(command: click.Command, parent: click.Context, shared: set[str]) -> str:
    context = click.Context(command, info_name=command.name, parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    own = [option for option in _options(command) if not shared.issuperset(option.opts)]
    prose = [
        # click keeps the lines of a paragraph that starts with \b
        block("text", part.lstrip("\b\n")) if part.startswith("\b") else part
        for part in inspect.cleandoc(command.help or "").split("\f")[0].split("\n\n")
    ]
    parts = [f"## {context.command_path}", block("text", usage), *prose]
    return "\n\n".join([*parts, _option_table(own)] if own else parts)


# ------------------------------------------------------------------------- errors, configuration


def errors() -> str:
    """Every error that the package raises on purpose."""
    for module in pkgutil.walk_packages(expandcontract.__path__, "expandcontract."):
        importlib.import_module(module.name)
    return table(
        ["error", "exit code", "what happened", "facts"],
        *(
            [code(kind.__name__), code(int(kind.exit_code)), sentence(kind.__doc__), _facts(kind)]
            for kind in sorted(set(_below(ExpandContractError)), key=lambda kind: kind.__name__)
            if kind.__module__.startswith("expandcontract.")
        ),
    )


def _below(kind: type[ExpandContractError]) -> Iterator[type[ExpandContractError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _facts(kind: type[ExpandContractError]) -> str:
    if not inspect.isfunction(kind.__init__):
        return NOTHING
    return ", ".join(code(name) for name in inspect.signature(kind).parameters)


def settings() -> str:
    """Every setting, from the class that holds them."""
    defaults = {field.name: field.default for field in fields(Config)}
    return table(
        ["key", "default", "meaning"],
        *([code(name), _default(defaults[name]), key.meaning] for name, key in keys().items()),
    )


def _default(value: object) -> str:
    if value is None or value == () or value is MISSING:
        return NOTHING
    if isinstance(value, float):
        return code(f"{value * 1000:g}ms" if value < 1 else f"{value:g}s")
    return code(value)


# ----------------------------------------------------------------------- changes, rules, signals


def kinds() -> str:
    """Every kind of change, from its class."""
    return "\n\n".join(_kind(kind) for _, kind in sorted(changes.kinds().items()))


def _kind(kind: type[Any]) -> str:
    module = sentence(inspect.getdoc(inspect.getmodule(kind)))
    text, _, example = inspect.cleandoc(kind.__doc__ or "").partition("\n>>> ")
    rows = [
        [code(field.name), code(_type(field.type)), _given(field)]
        for field in fields(kind)
        if field.name not in {"name", "owner", "contract_by"}
    ]
    parts = [f"## {kind.__name__}", module, text.strip()]
    if example:
        parts.append(block("pycon", f">>> {example}"))
    return "\n\n".join([*parts, table(["field", "type", "default"], *rows)])


def _type(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)


def _given(field: Field[Any]) -> str:
    if field.default is MISSING and field.default_factory is MISSING:
        return "must be given"
    return code(repr(field.default)) if field.default not in (MISSING, "", None, ()) else NOTHING


def rules() -> str:
    """Every lint rule, from its module's docstring."""
    return "\n\n".join(_rule(entry) for entry in lint.entries())


SECTIONS = (("Release", "json"), ("Given", "sql"), ("Bad", "sql"), ("Says", "text"))
"""Of a rule's page, before its advice."""


def _rule(entry: lint.Entry) -> str:
    rule = entry.rule
    parts = [f"## {rule.id} {rule.name}", entry.summary, entry.why]
    words = [str(rule.severity), str(rule.hazard), *([] if rule.by_default else ["off by default"])]
    words += [PROFILES[Server(name)].title for name in rule.dialects if name in set(Server)]
    parts.append(f"*{', '.join(words)}*")
    for heading, language in SECTIONS:
        if text := entry.section(heading):
            parts += [f"{heading}:", block(language, text)]
    parts.append(entry.section("Instead"))
    good = entry.section("Good")
    parts += ["Good:", block("sql", good)] if good not in {"", "none"} else []
    return "\n\n".join(part for part in parts if part)


def online_ddl() -> str:
    """What each operation needs on MySQL and on MariaDB, from the table that the linter uses."""
    return table(
        ["operation", "for example", *(_source(profile.title) for profile in PROFILES.values())],
        *(
            [
                op.value.what,
                code(op.value.example),
                _fact(op.value.mysql),
                _fact(op.value.mariadb) + ("" if op.value.measured else " (from the manual)"),
            ]
            for op in Op
        ),
    )


def _source(title: str) -> str:
    return "MySQL, from the manual" if title == "MySQL" else "MariaDB, measured on MariaDB"


def _fact(fact: online.Fact) -> str:
    words = [fact.algorithm.name]
    if fact.lock:
        words.append(f"LOCK={fact.lock.name}")
    if fact.rebuilds and fact.algorithm is not online.Algorithm.COPY:
        words.append("rebuilds")
    words += [] if fact.obeys else ["copies even when INSTANT is asked for"]
    words += [] if fact.clauses else ["takes no clauses"]
    return ", ".join(words)


def online_tables() -> str:
    """The tables that the examples are about."""
    return block("sql", GIVEN)


def online_rules() -> str:
    """The rules for MySQL and MariaDB."""
    return table(
        ["rule", "name", "severity", "for", "finds"],
        *(
            [
                entry.rule.id,
                entry.rule.name,
                f"{entry.rule.severity}{'' if entry.rule.by_default else ', off'}",
                " and ".join(PROFILES[s].title for s in Server if s in entry.rule.dialects),
                entry.summary,
            ]
            for entry in lint.entries()
            if set(entry.rule.dialects) & set(Server)
        ),
    )


def throttle_signals() -> str:
    """Every signal, from its record."""
    return table(
        ["signal", "what it measures", "limit", "needs"],
        *(
            [
                code(name),
                signal.summary,
                "when asked for"
                if signal.default is None
                else limit_shown(signal.default, signal.unit),
                signal.needs or "nothing",
            ]
            for name, signal in sorted(signals.known().items())
        ),
    )


def operations() -> str:
    """Every Alembic operation, from what `op` says of it."""
    return table(
        ["operation", "what it does"],
        *(
            [code(f"op.{kind.name}(change)"), sentence(getattr(Operations, kind.name).__doc__)]
            for kind in OPERATIONS
        ),
    )


PARTS: Mapping[str, Callable[[], str]] = {
    "common-options": common_options,
    "exit-codes": exit_codes,
    "commands": commands,
    "errors": errors,
    "settings": settings,
    "changes": kinds,
    "rules": rules,
    "signals": throttle_signals,
    "online-ddl": online_ddl,
    "online-tables": online_tables,
    "online-rules": online_rules,
    "operations": operations,
}


def renewed(text: str) -> str:
    """A page with its made parts as they should be."""
    return PART.sub(lambda m: f"{m['head']}\n{PARTS[m['name']]()}\n\n{m['tail']}", text)


def pages() -> list[Path]:
    """Every page that has such a part."""
    return [page for page in sorted(HERE.rglob("*.md")) if PART.search(page.read_text("utf-8"))]


if __name__ == "__main__":
    for page in pages():
        page.write_text(renewed(page.read_text("utf-8")), encoding="utf-8")
