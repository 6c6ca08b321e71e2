"""How a table is parted: its method, its columns, its partitions, and whether every row has one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from expandcontract.model.names import TableName, quoted

METHODS = ("range", "list", "hash")
_PARTITION = re.compile(
    r'\s*(?P<name>"(?:[^"]|"")+"|\S+)\s+(?P<bound>(?:FOR\s+VALUES\s|DEFAULT\b).*)',
    re.IGNORECASE | re.DOTALL,
)
_HASH = re.compile(r"MODULUS\s+(\d+)\s*,\s*REMAINDER\s+(\d+)", re.IGNORECASE)
_OF_ITS_OWN = re.compile(
    r"\b(PARTITION\s+BY|USING|TABLESPACE)\b|(\)|DEFAULT)\s*WITH\s*\(", re.IGNORECASE
)


def is_stored_otherwise(bound: str) -> bool:
    """Whether more than a bound was written: the partition's own storage, or its own partitions."""
    return _OF_ITS_OWN.search(bound) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """`RANGE (day)`, with the partitions by name and bound."""

    method: str
    columns: tuple[str, ...]
    partitions: tuple[tuple[str, str], ...]

    @property
    def clause(self) -> str:
        """What follows PARTITION BY."""
        names = ", ".join(quoted(column) for column in self.columns)
        return f"{self.method.upper()} ({names})"


def read(method: str, columns: tuple[str, ...], partitions: tuple[str, ...]) -> Parting:
    """Read partitions as SQL spells them: `p1 FOR VALUES FROM (1) TO (9)`, `rest DEFAULT`."""
    found = []
    for text in partitions:
        match = _PARTITION.fullmatch(text)
        if match is None:
            raise ValueError(text)
        found.append((TableName.parse(match["name"]).name, match["bound"].strip()))
    return Parting(method=method, columns=columns, partitions=tuple(found))


def gaps(parting: Parting) -> Iterator[str]:
    """Why some row may have no partition."""
    bounds = [bound for _, bound in parting.partitions]
    if parting.method != "hash":
        if not any(bound.upper().startswith("DEFAULT") for bound in bounds):
            yield (
                "a row outside all partitions would be refused, which was right so far; add a "
                "default partition, as 'rest DEFAULT'"
            )
        return
    read_bounds = [_HASH.search(bound) for bound in bounds]
    share = sum(1 / int(found[1]) for found in read_bounds if found and int(found[1]) > 0)
    if None in read_bounds or not 0.999 < share < 1.001:  # noqa: PLR2004  # thirds do not add up
        yield "not every remainder has a partition, and a row without one would be refused"
