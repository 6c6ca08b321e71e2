"""Columns that live in one table before a change and in another afterwards; our names for it.

The source has the columns already and the target gets them; the target's row is the one that holds
the source's key. A target without the row is the same as one whose columns are all null.
"""

from dataclasses import dataclass

from expandcontract.ddl.sync import PREFIX, SCHEMA, differs
from expandcontract.model.names import TableName, literal, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A column of the source and the one of the target that gets its values."""

    source: str
    target: str
    default: str | None = None  #: of the source's column
    equality_is_identity: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Which columns of which tables are kept equal; `key` makes the names of the objects."""

    source: TableName
    target: TableName
    key: str
    match: tuple[tuple[str, str], ...]  #: key columns of the source, and those that hold them
    pairs: tuple[Pair, ...]
    owns_rows: bool  #: the target's rows exist for these columns alone, and go with the source's

    @property
    def functions(self) -> tuple[str, str]:
        """The functions of the source's and of the target's triggers."""
        return f"{PREFIX}{self.key}_out", f"{PREFIX}{self.key}_in"

    @property
    def source_triggers(self) -> tuple[str, ...]:
        """What fires on the source."""
        return tuple(f"{PREFIX}{self.key}_{event}" for event in ("insert", "update", "delete"))

    @property
    def target_triggers(self) -> tuple[str, ...]:
        """What fires on the target; `fill` before an INSERT, `insert` after it."""
        events = ("fill", "insert", "update", "delete")
        return tuple(f"{PREFIX}{self.key}_{event}" for event in events)

    @property
    def truncate_trigger(self) -> str:
        """What empties the target with the source."""
        return f"{PREFIX}{self.key}_truncate"

    @property
    def conflicts(self) -> str:
        """The sequence that counts writes that were left to the announced writer of the target."""
        return f"{PREFIX}{self.key}_conflicts"

    @property
    def old_writes(self) -> str:
        """The sequence that counts rows written through the source after the switch."""
        return f"{PREFIX}{self.key}_old_writes"

    def keys(self, *, of_source: bool) -> tuple[str, ...]:
        """The columns by which a row is found, quoted."""
        return tuple(quoted(s if of_source else t) for s, t in self.match)

    def at_target(self, record: str) -> str:
        """Where the target, as `x`, holds the key of a record of the source."""
        return " AND ".join(f"x.{quoted(t)} = {record}.{quoted(s)}" for s, t in self.match)

    def at_source(self, record: str) -> str:
        """Where the source, as `s`, has the key that a record of the target holds."""
        return " AND ".join(f"s.{quoted(s)} = {record}.{quoted(t)}" for s, t in self.match)

    def differ(self, left: str, right: str) -> str:
        """Whether any pair differs; `%s` in the sides stands for a column: `x.%s`."""
        return " OR ".join(
            differs(
                left % {"t": quoted(pair.target), "s": quoted(pair.source), "v": f"v{at}"},
                right % {"t": quoted(pair.target), "s": quoted(pair.source), "v": f"v{at}"},
                equality_is_identity=pair.equality_is_identity,
            )
            for at, pair in enumerate(self.pairs)
        )


def ours(name: str) -> TableName:
    """An object of ours, in our schema."""
    return TableName(name, SCHEMA)


def nextval(sequence: str) -> str:
    """The command that counts one more."""
    return f"PERFORM pg_catalog.nextval({literal(str(ours(sequence)))}::pg_catalog.regclass);"
