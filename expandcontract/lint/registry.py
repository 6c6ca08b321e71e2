"""Finds rules by walking their package; nothing has to be listed anywhere."""

import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from textwrap import dedent
from types import ModuleType

from expandcontract.lint import rules as rules_package
from expandcontract.lint.formats import names as format_names
from expandcontract.lint.formats import renderer
from expandcontract.lint.rule import Rule
from expandcontract.model.value import value

__all__ = ["Entry", "entries", "entry", "format_names", "renderer"]

_SECTION = re.compile(r"^(Release|Given|Bad|Says|Good|Instead|On MySQL):(.*)$")


@value
class Entry:
    """A rule and its page, which is its module's docstring."""

    rule: Rule
    page: str

    @property
    def summary(self) -> str:
        """The first sentence."""
        return self.page.split("\n\n", 1)[0].replace("\n", " ").strip()

    @property
    def why(self) -> str:
        """What happens on the server: the paragraphs before the first section."""
        return _why(self.page)

    def section(self, name: str) -> str:
        """The text of a section without its indentation; empty where there is none."""
        return _section(self.page, name)


@cache
def _section(page: str, name: str) -> str:
    lines: list[str] = []
    inside = False
    for line in page.splitlines():
        if found := _SECTION.match(line):
            inside = found[1] == name
            if inside and found[2].strip():
                return found[2].strip()
        elif inside:
            lines.append(line)
    return dedent("\n".join(lines)).strip()


@cache
def _why(page: str) -> str:
    lines = []
    for line in page.splitlines()[1:]:
        if _SECTION.match(line):
            break
        lines.append(line.strip())
    return " ".join(" ".join(lines).split())


@cache
def entries() -> tuple[Entry, ...]:
    """Every rule there is, by id."""
    online = import_module(f"{rules_package.__name__}.online")
    return _by_id((*for_postgres(), *_inside(online)))


@cache
def for_postgres() -> tuple[Entry, ...]:
    """The rules that PostgreSQL needs, by id; those for other servers alone are not imported."""
    return _by_id(_inside(rules_package))


def _inside(package: ModuleType) -> Iterator[Entry]:
    for info in pkgutil.iter_modules(package.__path__):
        if not info.ispkg:
            module = import_module(f"{package.__name__}.{info.name}")
            yield Entry(module.RULE, (module.__doc__ or "").strip())


def _by_id(found: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(found, key=lambda entry: entry.rule.id))


def entry(wanted: str) -> Entry | None:
    """The rule of that id or name."""
    folded = wanted.strip().lower()
    for candidate in entries():
        if folded in {candidate.rule.id.lower(), candidate.rule.name}:
            return candidate
    return None
