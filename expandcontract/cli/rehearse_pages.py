"""What a rehearsal found, for people and as JSON."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expandcontract.cli import output
from expandcontract.model.lock import Lock

if TYPE_CHECKING:  # it imports Alembic
    from expandcontract.cli.plan_weights import Weights
    from expandcontract.rehearsal.seen import Ran, Rehearsal, Tally

_LONGEST = 100
_ERRORS = 5
"""Different errors of a release that are listed."""


def page(found: "Rehearsal", weights: "Weights") -> Iterator[str]:
    """The page, line by line."""
    if not found.revisions and found.failure is None:
        yield "nothing is pending"
        return
    yield from _head(found)
    for stage, group in groupby(found.ran, key=lambda ran: ran.stage):
        yield ""
        where = f" ({Path(stage.path).name})" if stage.path else ""
        yield output.strong(f"{stage.name}{where}")
        for ran in group:
            yield from _statement(ran, weights)
    if found.failure is not None:
        yield ""
        yield output.bad(f"failed in {_place(found)}: {found.failure.reason}")
    for name, tally in found.load.items():
        yield ""
        yield from _tally(name, tally)
    yield ""
    yield _verdict(found)


def _head(found: "Rehearsal") -> Iterator[str]:
    yield (
        f"On PostgreSQL {found.scratch}, in a database of its own, with the schema of "
        f"{found.schema_from}."
    )
    if found.target:
        at = ", ".join(found.heads) or "base"
        yield f"The target (PostgreSQL {found.target}, at {at}) was read and not changed."
    yield from (output.careful(f"Note: {note}") for note in found.notes)


def _statement(ran: "Ran", weights: "Weights") -> Iterator[str]:
    line = f"line {ran.line}: " if ran.line else ""
    yield f"  {output.dim(line)}{short(ran.sql)}"
    parts = [_locks(ran), *_work(ran), _seconds(ran, weights)]
    yield f"      {'; '.join(part for part in parts if part)}"
    if not ran.said.read:
        yield output.careful("      lint cannot read it, so there is nothing to compare")
    for one in ran.differences:
        text = f"      {'more' if one.harsher else 'less'} than lint says: {one.text}"
        yield output.bad(text) if one.harsher else output.dim(text)


def _locks(ran: "Ran") -> str:
    """The locks that keep anybody waiting; every query takes the others."""
    locks = sorted(ran.seen.locks.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{mode} on {name}" for name, mode in locks if mode >= Lock.SHARE_UPDATE_EXCLUSIVE]
    if told:
        return ", ".join(told)
    return "locks nothing that was there" if not locks else "locks only as queries do"


def _work(ran: "Ran") -> Iterator[str]:
    seen = ran.seen
    for verb, names in (
        ("rewrites", seen.rewrites),
        ("builds an index of", seen.builds),
        ("scans", seen.scans),
    ):
        if names:
            yield f"{verb} {', '.join(names)}"


def _seconds(ran: "Ran", weights: "Weights") -> str:
    text = f"took {ran.seconds * 1000:.0f} ms here"
    written = (*ran.seen.rewrites, *ran.seen.builds)
    if weights.tables is None or not (written or ran.seen.scans):
        return text
    _, expected = weights.of([], read=ran.seen.scans, written=written)
    return f"{text}, on the target {expected}"


def _tally(name: str, tally: "Tally") -> Iterator[str]:
    yield (
        f"{output.strong(f'the {name} release')}: {tally.done} statements, {tally.failed} failed, "
        f"{tally.refused} to be repeated, the longest {tally.worst * 1000:.0f} ms"
        + (f" ({tally.worst_at})" if tally.worst_at else "")
    )
    for error, when in list(tally.errors.items())[:_ERRORS]:
        yield output.bad(f"  {when}: {error}")
    yield from (output.careful(f"  left out: {text}") for text in tally.left_out)


def _place(found: "Rehearsal") -> str:
    failure = found.failure
    if failure is None:
        return ""
    return f"{failure.path}:{failure.line}" if failure.path else failure.stage


def _verdict(found: "Rehearsal") -> str:
    if found.is_good:
        return output.good("it went through, as lint says")
    problems = []
    if found.failure is not None:
        problems.append("it failed")
    if found.contradictions:
        problems.append(f"the server did more than lint says, {found.contradictions} times")
    failed = sum(tally.failed for tally in found.load.values())
    if failed:
        problems.append(f"{failed} statements of a release failed")
    return output.bad("; ".join(problems))


def short(sql: str) -> str:
    """A statement on one line."""
    line = " ".join(sql.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def document(found: "Rehearsal") -> dict[str, Any]:
    """The same as JSON."""
    return {
        "version": 1,
        "target": {"server": found.target, "heads": found.heads} if found.target else None,
        "scratch": {"server": found.scratch, "schema_from": found.schema_from},
        "revisions": [{"revision": name, "path": path} for name, path in found.revisions],
        "notes": found.notes,
        "statements": [_entry(ran) for ran in found.ran],
        "failure": found.failure,
        "load": {name: _counted(tally) for name, tally in found.load.items()},
        "summary": {
            "statements": len(found.ran),
            "contradictions": found.contradictions,
            "good": found.is_good,
        },
    }


def _entry(ran: "Ran") -> dict[str, Any]:
    seen = ran.seen
    return {
        "stage": ran.stage.name,
        "path": ran.stage.path or None,
        "line": ran.line,
        "sql": ran.sql,
        "ms": round(ran.seconds * 1000, 3),
        "seen": {
            "exact": seen.exact,
            "locks": _lock_rows(seen.locks.items()),
            "index_locks": _lock_rows(seen.indexes.items()),
            "rewrites": seen.rewrites,
            "scans": seen.scans,
            "index_builds": seen.builds,
        },
        "lint": ran.said.document(),
        "differences": [{"text": one.text, "harsher": one.harsher} for one in ran.differences],
    }


def _lock_rows(locks: "Sequence[tuple[str, Lock]] | Any") -> list[dict[str, str]]:  # noqa: ANN401
    return [{"relation": name, "mode": str(mode)} for name, mode in sorted(locks)]


def _counted(tally: "Tally") -> dict[str, Any]:
    return {
        "done": tally.done,
        "failed": tally.failed,
        "refused": tally.refused,
        "worst_stall_ms": round(tally.worst * 1000, 1),
        "worst_at": tally.worst_at or None,
        "errors": [{"error": error, "when": when} for error, when in tally.errors.items()],
        "left_out": tally.left_out,
    }
