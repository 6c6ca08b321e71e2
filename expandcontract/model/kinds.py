"""What tables and constraints there are: the words of a catalog, cheap to import."""

from enum import StrEnum


class TableKind(StrEnum):
    """What `pg_class.relkind` says, as far as changes tell it apart."""

    ORDINARY = "ordinary"
    PARTITIONED = "partitioned"
    VIEW = "view"
    FOREIGN = "foreign"
    OTHER = "other"


class ConstraintKind(StrEnum):
    """What `pg_constraint.contype` says."""

    CHECK = "check"
    FOREIGN_KEY = "foreign key"
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    EXCLUSION = "exclusion"
    NOT_NULL = "not null"  #: has a row of its own from 18 on
    OTHER = "other"
