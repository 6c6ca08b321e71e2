"""Alembic's own operations as safe as they can be written, and a word where they are not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.autogenerate.render import render_op, renderers
from alembic.operations import ops

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

CONCURRENTLY = "postgresql_concurrently"
INTERRUPTED = "# If this was interrupted: DROP INDEX CONCURRENTLY {name}, then upgrade again."
IDENTITY = (
    "# ec: an identity column rewrites the table while nobody can use it. On a large one, add a",
    "# column with a sequence as its default instead: ec.AddColumn fills it in chunks.",
)
GENERATED = (
    "# ec: a stored generated column rewrites the table while nobody can use it. On a large one,",
    "# ec.DeriveColumn keeps a plain column equal to the expression, and fills it in chunks.",
)


class Concurrently(ops.MigrateOperation):
    """An index that is built or dropped outside of Alembic's transaction."""

    def __init__(self, op: ops.CreateIndexOp | ops.DropIndexOp) -> None:
        self.op = op

    def reverse(self) -> "Concurrently":
        """The other one, as carefully."""
        back = self.op.reverse()
        back.kw[CONCURRENTLY] = True
        return Concurrently(back)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """As Alembic prints the operation."""
        return self.op.to_diff_tuple()


class Remark(ops.MigrateOperation):
    """An operation under a comment, which only its own direction needs."""

    def __init__(self, op: ops.MigrateOperation, lines: tuple[str, ...]) -> None:
        self.op = op
        self.lines = lines

    def reverse(self) -> ops.MigrateOperation:
        """The way back has nothing to be warned of."""
        return self.op.reverse()

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """As Alembic prints the operation."""
        found: tuple[Any, ...] = self.op.to_diff_tuple()
        return found


def concurrently(op: ops.CreateIndexOp) -> Concurrently:
    """The index, built while the table is in use."""
    op.kw[CONCURRENTLY] = True
    return Concurrently(op)


def remarked(op: ops.AddColumnOp) -> ops.MigrateOperation:
    """The column, under a comment where adding it rewrites the table."""
    column = op.column
    if column.identity is not None:
        return Remark(op, IDENTITY)
    if column.computed is not None and column.computed.persisted is not False:
        return Remark(op, GENERATED)
    return op


def register() -> None:
    """Make both known to Alembic."""
    renderers.dispatch_for(Concurrently)(_render_concurrently)
    renderers.dispatch_for(Remark)(_render_remark)


def _render_concurrently(context: "AutogenContext", op: Concurrently) -> list[str]:
    prefix = context.opts["alembic_module_prefix"] or ""
    return [
        *_interrupted(op.op),
        f"with {prefix}get_context().autocommit_block():",
        *render_op(context, op.op),
        "",
    ]


def _interrupted(op: ops.CreateIndexOp | ops.DropIndexOp) -> Iterator[str]:
    if isinstance(op, ops.CreateIndexOp):
        yield INTERRUPTED.format(name=op.index_name)


def _render_remark(context: "AutogenContext", op: Remark) -> list[str]:
    return [*op.lines, *render_op(context, op.op)]
