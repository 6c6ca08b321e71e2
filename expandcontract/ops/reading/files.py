"""The revision files of a project in the order in which they run, whatever is wrong with some."""

import ast
import importlib.util
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

from alembic.script.base import Script, ScriptDirectory

from expandcontract.ops.reading.written import Gap, line_of, told

_ASSIGNED = r"^{}\s*(?::[^=\n]*)?=\s*(.*)$"


@dataclass(slots=True, kw_only=True)
class RevisionFile:
    """One file, what it says of its place, and what is wrong with it."""

    path: str
    text: str
    revision: str
    after: tuple[str, ...] = ()  #: `down_revision`
    needs: tuple[str, ...] = ()  #: `depends_on`
    labels: tuple[str, ...] = ()
    module: ModuleType | None = None  #: None: it cannot be imported
    faults: list[Gap] = field(default_factory=list)

    def line_of(self, name: str) -> int:
        """Where a variable is assigned."""
        found = re.search(_ASSIGNED.format(name), self.text, re.MULTILINE)
        return self.text.count("\n", 0, found.start()) + 1 if found else 1


def files(script: ScriptDirectory) -> list[RevisionFile]:
    """Every revision file, each after those that it follows."""
    found = [one for path in paths(script) if (one := _loaded(script, path)) is not None]
    known = _by_name(found)
    return _ordered(found, known)


def paths(script: ScriptDirectory) -> Iterator[Path]:
    """Every revision file, once."""
    seen: set[str] = set()
    for folder in script._version_locations:  # noqa: SLF001  walk_revisions() ends at a bad file
        if not folder.exists():
            continue
        for path in Script._list_py_dir(script, folder):  # noqa: SLF001
            real = os.path.realpath(path)  # pathlib's own takes half as long again
            if real not in seen:
                seen.add(real)
                yield Path(real)


def _loaded(script: ScriptDirectory, path: Path) -> RevisionFile | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = Script._from_path(script, path)  # noqa: SLF001
    except (Exception, SystemExit) as error:  # noqa: BLE001  an import runs whatever is in the file
        return _broken(path, error)
    if one is None:
        return None
    return RevisionFile(
        path=one.module.__file__ or str(path),
        text=_text(path),
        revision=one.revision,
        after=tuple(one._versioned_down_revisions),  # noqa: SLF001
        needs=_texts(one.dependencies),
        labels=tuple(one.branch_labels),
        module=one.module,
    )


def _broken(path: Path, error: BaseException) -> RevisionFile:
    """A file that cannot be imported; its place is told from its text."""
    text = _text(path)
    fault = Gap(
        line_of(error, str(path)) or 1, f"it cannot be imported: {told(error)}", broken=True
    )
    return RevisionFile(
        path=str(path),
        text=text,
        revision=next(iter(_literal(text, "revision")), path.stem),
        after=_literal(text, "down_revision"),
        needs=_literal(text, "depends_on"),
        labels=_literal(text, "branch_labels"),
        faults=[fault],
    )


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return importlib.util.decode_source(content)
    except (SyntaxError, UnicodeDecodeError):
        return content.decode(errors="replace")


def _literal(text: str, name: str) -> tuple[str, ...]:
    """The texts that a variable is assigned at the top of a file."""
    found = re.search(_ASSIGNED.format(name), text, re.MULTILINE)
    if found is None:
        return ()
    try:
        return _texts(ast.literal_eval(found[1].split("#")[0].strip()))
    except (ValueError, SyntaxError, TypeError):
        return ()


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, Iterable) else ()


def _by_name(found: Sequence[RevisionFile]) -> dict[str, RevisionFile]:
    """Files by revision and by branch label; an id that is there twice is a fault of both."""
    known: dict[str, RevisionFile] = {}
    for one in found:
        other = known.setdefault(one.revision, one)
        if other is not one:
            for file, twin in ((one, other), (other, one)):
                reason = f"revision {one.revision} is also in {Path(twin.path).name}"
                file.faults.append(Gap(file.line_of("revision"), reason, broken=True))
    for one in found:
        for label in one.labels:
            known.setdefault(label, one)
    return known


def _ordered(found: list[RevisionFile], known: dict[str, RevisionFile]) -> list[RevisionFile]:
    edges: dict[int, set[int]] = {}
    place = {id(one): at for at, one in enumerate(found)}
    for at, one in enumerate(found):
        edges[at] = set()
        for variable, names in (("down_revision", one.after), ("depends_on", one.needs)):
            for name in names:
                before = _resolved(name, known)
                if before is None:
                    reason = f"{variable} {name!r} is of no revision here"
                    one.faults.append(Gap(one.line_of(variable), reason, broken=True))
                else:
                    edges[at].add(place[id(before)])
    while True:
        try:
            return [found[at] for at in TopologicalSorter(edges).static_order()]
        except CycleError as error:
            _break(error.args[1], edges, found)


def _resolved(name: str, known: dict[str, RevisionFile]) -> RevisionFile | None:
    """The file of an id or a label; an id may be cut short."""
    if name in known:
        return known[name]
    near = {id(one): one for key, one in known.items() if key.startswith(name)}
    return next(iter(near.values())) if len(near) == 1 else None


def _break(circle: Sequence[int], edges: dict[int, set[int]], found: list[RevisionFile]) -> None:
    """Go on without the arrows of a circle, and say in each file that it is in one."""
    inside = set(circle)
    names = ", ".join(sorted(found[at].revision for at in inside))
    for at in inside:
        edges[at] -= inside
        one = found[at]
        reason = f"the revisions {names} follow each other in a circle"
        one.faults.append(Gap(one.line_of("down_revision"), reason, broken=True))
