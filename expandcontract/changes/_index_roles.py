"""What an index is to its table, which another one would not be under the same name."""

from collections.abc import Iterator

from expandcontract.model.catalog import Index


def index_refusals(index: Index, name: str) -> Iterator[str]:
    """Why no other index can take the place of this one, which is on what has the name."""
    if not index.valid:
        yield f"the index {index.name} on {name} is invalid; drop it or build it anew first"
    for role in index.roles:
        yield (
            f"the index {index.name} on {name} was given {role}, which another index does not get "
            "with its name; take it away first, and give it again afterwards"
        )
    if getattr(index, "statistics", ()):
        yield (
            f"the index {index.name} on {name} has a statistics target of its own; take it away "
            "first, and give it again afterwards"
        )
