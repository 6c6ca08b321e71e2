"""A type of our own."""

from sqlalchemy import types


class Shelf(types.UserDefinedType[str]):
    """A shelf mark of so many letters."""

    cache_ok = True

    def __init__(self, length: int) -> None:
        self.length = length

    def get_col_spec(self, **_: object) -> str:
        """The type as SQL has it."""
        return f"varchar({self.length})"
