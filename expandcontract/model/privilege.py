"""What a role may do with a table or one of its columns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege:
    """One kind of privilege of one role."""

    role: str  #: empty: everybody
    kind: str  #: SELECT, INSERT or UPDATE
    column: str | None = None  #: None: of the whole table
    grantable: bool = False  #: the role may pass it on; what an owner may by itself is not said
    is_owners: bool = False  #: the role owns the table
    by_owner: bool = True  #: the owner granted it
