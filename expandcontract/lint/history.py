"""DDL text replayed on a Catalog: what the schema will be once earlier revisions have run."""

from expandcontract.lint.from_catalog import knowledge_of
from expandcontract.lint.reading import read
from expandcontract.lint.replaying import apply
from expandcontract.lint.to_catalog import catalog_of
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName
from expandcontract.model.value import value


@value
class Replayed:
    """The catalog after the text, and the tables of which it may be wrong.

    A table is uncertain after a statement that touched it and could not be read, or that stood in
    a DO block, where it may or may not have run.
    """

    catalog: Catalog
    uncertain: frozenset[TableName] = frozenset()


def replay(sql: str, catalog: Catalog) -> Replayed:
    """Take the effect of every statement on the catalog, without a server.

    Names without a schema go into the first schema of the catalog's search path. Expressions are
    spelled as the server spells the common ones; the others stay as they were written.
    """
    known = knowledge_of(catalog)
    for statement in read(sql):
        apply(known, statement)
    return Replayed(catalog_of(known, catalog), frozenset(known.uncertain))
