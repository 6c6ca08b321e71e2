"""ALTER TABLE and what it can do; views, indexes and sequences share some of its actions."""

from expandcontract.lint.forms.alter_column import (
    AddIdentity,
    AlterIdentity,
    DropDefault,
    DropExpression,
    DropIdentity,
    DropNotNull,
    SetColumnOptions,
    SetDefault,
    SetExpression,
    SetNotNull,
    SetStatistics,
    SetStorage,
    SetType,
)
from expandcontract.lint.forms.column import ColumnDef
from expandcontract.lint.forms.constraint import Constraint
from expandcontract.model.names import TableName
from expandcontract.model.value import value

__all__ = [
    "Action", "AddColumn", "AddConstraint", "AddIdentity", "AlterConstraint", "AlterIdentity",
    "AlterTable", "AttachPartition", "ClusterOn", "DependsOn", "DetachPartition", "DropColumn",
    "DropConstraint", "DropDefault", "DropExpression", "DropIdentity", "DropNotNull", "Inherit",
    "MergePartitions", "OfType", "Owner", "RenameColumn", "RenameConstraint", "RenameTable",
    "ReplicaIdentity", "RowSecurity", "SetAccessMethod", "SetColumnOptions", "SetDefault",
    "SetExpression", "SetForeignOptions", "SetLogged", "SetNotNull", "SetParameters", "SetSchema",
    "SetStatistics", "SetStorage", "SetTablespace", "SetType", "SplitPartition", "ToggleRule",
    "ToggleTrigger", "ValidateConstraint",
]  # fmt: skip


@value
class AddColumn:
    """ADD COLUMN."""

    column: ColumnDef
    if_not_exists: bool = False


@value
class DropColumn:
    """DROP COLUMN."""

    column: str
    if_exists: bool = False
    cascade: bool = False


@value
class RenameColumn:
    """RENAME COLUMN, with or without the word COLUMN."""

    column: str
    to: str


@value
class RenameTable:
    """RENAME TO."""

    to: str


@value
class RenameConstraint:
    """RENAME CONSTRAINT."""

    constraint: str
    to: str


@value
class AddConstraint:
    """ADD CONSTRAINT, and ADD with the constraint's name left to the server."""

    constraint: Constraint


@value
class ValidateConstraint:
    """VALIDATE CONSTRAINT."""

    constraint: str


@value
class AlterConstraint:
    """ALTER CONSTRAINT; what the statement does not speak of is None."""

    constraint: str
    enforced: bool | None = None
    inherit: bool | None = None
    deferrable: bool | None = None


@value
class DropConstraint:
    """DROP CONSTRAINT."""

    constraint: str
    if_exists: bool = False
    cascade: bool = False


@value
class SetSchema:
    """SET SCHEMA."""

    schema: str


@value
class SetLogged:
    """SET LOGGED or SET UNLOGGED."""

    logged: bool


@value
class SetAccessMethod:
    """SET ACCESS METHOD (15 and later)."""

    method: str


@value
class SetTablespace:
    """SET TABLESPACE."""

    tablespace: str


@value
class SetParameters:
    """SET (..) or RESET (..) of storage parameters; names and values, lower case."""

    parameters: tuple[tuple[str, str], ...]
    reset: bool = False


@value
class SetForeignOptions:
    """OPTIONS of a foreign table, or of one of its columns."""

    column: str | None = None


@value
class Owner:
    """OWNER TO."""

    owner: str


@value
class ReplicaIdentity:
    """REPLICA IDENTITY: `default`, `full`, `nothing` or `index`."""

    kind: str


@value
class Inherit:
    """INHERIT or NO INHERIT."""

    parent: TableName
    add: bool


@value
class OfType:
    """OF type, or NOT OF."""

    type: TableName | None


@value
class ToggleTrigger:
    """ENABLE or DISABLE TRIGGER; `all` and `user` are kept as the trigger's name."""

    trigger: str
    enable: bool


@value
class ToggleRule:
    """ENABLE or DISABLE RULE."""

    rule: str
    enable: bool


@value
class RowSecurity:
    """ENABLE, DISABLE, FORCE or NO FORCE ROW LEVEL SECURITY."""

    verb: str


@value
class ClusterOn:
    """CLUSTER ON index, or SET WITHOUT CLUSTER."""

    index: str | None


@value
class DependsOn:
    """[NO] DEPENDS ON EXTENSION, of an index or a materialized view."""

    extension: str


@value
class AttachPartition:
    """ATTACH PARTITION; of an index, the partition is an index too."""

    partition: TableName
    default: bool = False
    bound: str = ""


@value
class DetachPartition:
    """DETACH PARTITION."""

    partition: TableName
    concurrently: bool = False
    finalize: bool = False


@value
class SplitPartition:
    """SPLIT PARTITION .. INTO, which was in the betas of 17 and 19."""

    partition: TableName
    into: tuple[AttachPartition, ...]


@value
class MergePartitions:
    """MERGE PARTITIONS .. INTO, too; the new one may have the name of an old one."""

    partitions: tuple[TableName, ...]
    into: TableName


Action = (
    AddColumn | DropColumn | RenameColumn | RenameTable | RenameConstraint | SetType
    | SetDefault | DropDefault | SetNotNull | DropNotNull | SetExpression | DropExpression
    | AddIdentity | AlterIdentity | DropIdentity | SetStatistics | SetColumnOptions | SetStorage
    | AddConstraint | ValidateConstraint | AlterConstraint | DropConstraint | SetSchema
    | SetLogged | SetAccessMethod | SetTablespace | SetParameters | Owner | ReplicaIdentity
    | Inherit | OfType | ToggleTrigger | ToggleRule | RowSecurity | ClusterOn | AttachPartition
    | DependsOn | DetachPartition | SplitPartition | MergePartitions
    | SetForeignOptions
)  # fmt: skip


@value(kw_only=True)
class AlterTable:
    """ALTER of a relation; `kind` is TABLE, INDEX, VIEW, MATERIALIZED VIEW or FOREIGN TABLE."""

    table: TableName
    actions: tuple[Action, ...]
    kind: str = "TABLE"
    if_exists: bool = False
    only: bool = False
