"""A table that is being parted, and the names that take part."""

from dataclasses import dataclass

from expandcontract.changes._carrying import helper
from expandcontract.changes._partitions import Parting
from expandcontract.ddl import mirroring, relation_probes
from expandcontract.ddl.mirroring import Mirror
from expandcontract.model.backfill import Backfill, Into
from expandcontract.model.catalog import ConstraintKind, Sequence, Table
from expandcontract.model.names import TableName, quoted, short_hash
from expandcontract.model.probe import Probe

OWNERS = frozenset({ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A table, how it is to be parted, and the names that take part."""

    table: Table
    parting: Parting
    key: str

    @property
    def name(self) -> TableName:
        """The name that everybody knows."""
        return self.table.name

    @property
    def copy(self) -> TableName:
        """The partitioned table until the switch."""
        return TableName(helper(self.key, "p"), self.name.schema)

    @property
    def archive(self) -> TableName:
        """The old table from the switch on."""
        return TableName(helper(self.key, "a"), self.name.schema)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns by which a row is found in the other table."""
        key = self.table.key()
        return tuple(k.column or "" for k in key.keys) if key else ()

    @property
    def others(self) -> tuple[str, ...]:
        """Every other column that can be written."""
        return tuple(
            c.name for c in self.table.columns if c.name not in self.keys and not c.generated
        )

    def mirror(self, *, back: bool) -> Mirror:
        """The trigger of the table that has the name."""
        return Mirror(
            source=self.name,
            target=self.archive if back else self.copy,
            key=short_hash(self.key, "back") if back else self.key,
            match=self.keys,
            others=self.others,
        )

    @property
    def finished(self) -> Probe:
        """The name is the partitioned table's, and the old one is gone."""
        free = relation_probes.name_is_free(self.archive)
        return relation_probes.is_partitioned(self.name) & free

    @property
    def swapped(self) -> Probe:
        """The name is the partitioned table's, which is mirrored back."""
        stands = mirroring.stands(self.mirror(back=True))
        return relation_probes.is_partitioned(self.name) & stands

    def fill(self, walked: TableName, target: TableName) -> Backfill:
        """Every row of the one is in the other."""
        types = {column.name: column for column in self.table.columns}
        return Backfill(
            table=walked,
            key=self.keys,
            key_types=tuple(types[name].type for name in self.keys),
            assignments=tuple((name, quoted(name)) for name in self.others),
            compare_as_text=tuple(n for n in self.others if not types[n].equality_is_identity),
            sync_key=self.key,
            into=Into(table=target, match=tuple((name, quoted(name)) for name in self.keys)),
        )

    @property
    def identities(self) -> tuple[tuple[str, str, Sequence], ...]:
        """Columns that the server numbers, when it does, and the sequence that has the name."""
        return tuple(
            (column.name, column.identity, column.sequence)
            for column in self.table.columns
            if column.identity and column.sequence
        )

    def waiting(self, sequence: Sequence) -> TableName:
        """The partitioned table's own sequence until the switch."""
        return TableName(helper(self.key, "s", sequence.name.name), sequence.name.schema)

    def retired(self, sequence: Sequence) -> TableName:
        """The old table's own sequence from the switch on."""
        return TableName(helper(self.key, "t", sequence.name.name), sequence.name.schema)

    def new(self, name: str) -> str:
        """An index of the partitioned table until the switch."""
        return helper(self.key, "i", name)

    def old(self, name: str) -> str:
        """An index of the old table from the switch on."""
        return helper(self.key, "o", name)
