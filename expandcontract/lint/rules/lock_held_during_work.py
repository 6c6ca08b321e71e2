"""A lock that blocks others is held while the same transaction does long work.

Locks last until the transaction ends. A statement that is brief by itself becomes an outage when a
scan, an index build, a backfill or a refresh follows in the same transaction, on whatever table.

Bad:

    BEGIN;
    ALTER TABLE orders ADD COLUMN region text;
    UPDATE customers SET region = 'eu';
    COMMIT;

Says:

    ACCESS EXCLUSIVE on orders, taken by line 2, is held while customers is written

Instead:

    Commit in between: one transaction for the brief statement, others for the work. With Alembic
    set transaction_per_migration=True and use separate revisions.

Good:

    BEGIN;
    ALTER TABLE orders ADD COLUMN region text;
    COMMIT;
"""

from collections.abc import Iterator

from expandcontract.lint.forms import alter_table as a
from expandcontract.lint.forms import objects as o
from expandcontract.lint.forms import query as q
from expandcontract.lint.forms.table import CreateTable
from expandcontract.lint.reading import Read
from expandcontract.lint.rule import Context, Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(node: object, _read: Read, context: Context) -> Iterator[Hit]:
    """Look for work that lasts, and for what waits meanwhile."""
    if not context.session.held:
        return
    work = _work(node, context)
    if not work:
        return
    own = [context.session.held_on(lock.relation) for lock in context.effects.locks]
    for held in context.session.held.values():
        told_elsewhere = isinstance(node, a.AlterTable) and held in own
        if held.mode.blocks_writes and not told_elsewhere:
            yield Hit(
                message=f"{held.mode} on {held.relation}, taken by {held.where(context.reads)}, is "
                f"held while {work}"
            )
            return


def _work(node: object, context: Context) -> str:
    """What takes long, in words; empty where nothing does."""
    effects = context.effects
    if isinstance(node, q.Write):
        bulk = node.from_query or node.verb in {"UPDATE", "DELETE"}
        small = node.table.name == "alembic_version" or _by_key(node, context)
        live = context.live(node.table) or bool(node.reads)
        return f"{node.table.plain} is written" if bulk and live and not small else ""
    if isinstance(node, q.Copy) and node.table and not node.to:
        return f"{node.table.plain} is loaded"
    if isinstance(node, CreateTable | o.CreateView) and node.query is not None:
        filled = node.with_data and (isinstance(node, CreateTable) or node.materialized)
        return f"{node.name.plain} is filled" if filled and node.reads else ""
    for names, what in (
        (effects.rewrites, "is rewritten"),
        (effects.index_builds, "gets an index"),
        (effects.scans, "is scanned"),
    ):
        if names and not isinstance(node, q.Query):
            return f"{names[0]} {what}"
    return ""


def _by_key(node: q.Write, context: Context) -> bool:
    """Whether the condition picks rows by a known key."""
    known = context.known(node.table)
    words = node.where.words if node.where is not None else ()
    if known is None or "=" not in words or "OR" in words:
        return False
    first = node.where.tokens[0].text.lower() if node.where is not None else ""
    return any(index.unique and index.columns == (first,) for index in known.indexes)


RULE = Rule(
    id="EC130",
    name="lock-held-during-work",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_WRITES,
    nodes=(object,),
    check=check,
)
