"""Where the server did otherwise than the linter had said. Pure."""

from collections.abc import Iterable, Iterator

from expandcontract.lint.effects import Effects
from expandcontract.model.lock import Lock
from expandcontract.rehearsal.seen import Difference, Seen

LEAST = Lock.SHARE_UPDATE_EXCLUSIVE
"""Weaker modes are every query's, and keep nobody waiting but DDL."""


def differences(
    seen: Seen, said: Effects, *, schemas: tuple[str, ...], is_query: bool, stood: frozenset[str]
) -> Iterator[Difference]:
    """Compare; what the linter called unknown is no difference, nor what came into being since.

    `schemas` are those in which a name without one is looked for. A query is free to scan.
    """
    if not said.read:
        return
    if "locks" not in said.unknown:
        yield from _locks(seen, said, schemas, stood)
    pairs = [
        ("rewrites", seen.rewrites, said.rewrites, "rewrote"),
        ("index_builds", seen.builds, said.index_builds, "built an index of"),
        ("scans", seen.scans, said.scans, "read all of"),
    ]
    for key, found, claimed, verb in pairs:
        if key in said.unknown or (key == "scans" and (is_query or not seen.exact)):
            continue
        told = {_full(name, schemas, stood) for name in claimed}
        yield from _named(set(found) - told, f"{verb} {{}}, which lint did not say", harsher=True)
        missed = (told - set(found)) & stood
        yield from _named(missed, f"did not do it: {key} of {{}}, which lint said", harsher=False)


def _locks(
    seen: Seen, said: Effects, schemas: tuple[str, ...], stood: frozenset[str]
) -> Iterator[Difference]:
    claimed: dict[str, Lock] = {}
    for lock in said.locks:
        name = _full(lock.relation, schemas, stood)
        claimed[name] = max(lock.mode, claimed.get(name, Lock.NONE))
    for name, mode in sorted(seen.locks.items()):
        told = claimed.get(name, Lock.NONE)
        if mode > told and mode >= LEAST:
            instead = f"lint said {told}" if told else "which lint did not say"
            yield Difference(text=f"took {mode} on {name}, {instead}", harsher=True)
    for name, told in sorted(claimed.items()):
        mode = seen.held.get(name, Lock.NONE)
        if told > mode and told >= LEAST and name in stood and (seen.exact or mode):
            text = f"took {mode or 'no lock'} on {name}, lint said {told}"
            yield Difference(text=text, harsher=False)


def _named(names: Iterable[str], text: str, *, harsher: bool) -> Iterator[Difference]:
    for name in sorted(names):
        yield Difference(text=text.format(name), harsher=harsher)


def _full(name: str, schemas: tuple[str, ...], stood: frozenset[str]) -> str:
    """A name as the catalog has it, with its schema."""
    for full in (name, *(f"{schema}.{name}" for schema in schemas)):
        if full in stood:
            return full
    return name
