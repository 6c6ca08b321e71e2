"""Statements of your own, in the phases where they belong, each with the question that ends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._refusing import refuse
from expandcontract.changes._sql import Sql
from expandcontract.changes._texts import as_tuples
from expandcontract.changes.base import Labels
from expandcontract.errors import ArgumentError
from expandcontract.model.catalog import Catalog
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS, Probe
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSQL(Labels):
    """Run SQL that no kind stands for, with the same retries, records and reverts.

    Each phase takes an `ec.Sql` or several: the statement, and a query that answers whether it is
    done, so that it is never run twice. `on` names the tables that it locks.

    >>> RawSQL(
    ...     name="users.fuzzy",
    ...     expand=Sql(
    ...         text="CREATE EXTENSION pg_trgm",
    ...         done="SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')",
    ...         revert="DROP EXTENSION pg_trgm",
    ...     ),
    ... ).name
    'users.fuzzy'
    """

    kind: ClassVar[str] = "raw_sql"

    expand: tuple[Sql, ...] = ()
    switch: tuple[Sql, ...] = ()
    contract: tuple[Sql, ...] = ()
    on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        as_tuples(self, "on")
        for field in ("expand", "switch", "contract"):
            value = getattr(self, field)
            several = (value,) if isinstance(value, Sql) else tuple(value)
            if not all(isinstance(one, Sql) for one in several):
                raise ArgumentError("ec.RawSQL", field, value, "ec.Sql(text=…, done=…), or several")
            object.__setattr__(self, field, several)
        Labels.__post_init__(self)
        if not self.name:
            raise ArgumentError("ec.RawSQL", "name", "", "a name; nothing else says what it is")
        if not (self.expand or self.switch or self.contract):
            refuse(self.name, ("it has no statement in any phase",))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that its statements lock."""
        return tuple(TableName.parse(name) for name in self.on)

    def plan(self, catalog: Catalog) -> Plan:
        """The statements as they are given."""
        table = catalog.table(self.tables[0]).name if self.on else None
        phases = {
            Phase.EXPAND: self.expand,
            Phase.SWITCH: self.switch,
            Phase.CONTRACT: self.contract,
        }
        steps = tuple(
            step for phase, several in phases.items() for step in _of(phase, several, table)
        )
        back = [one for one in reversed(self.contract) if one.revert]
        is_reversible = len(back) == len(self.contract)
        return Plan(
            steps=steps,
            comeback=tuple(_back(one, table) for one in back) if is_reversible else (),
            claims=tuple((catalog.table(name).name.plain, self.name) for name in self.tables),
            notes=("its statements are yours: what they lock and cost is told by ec lint",),
        )


def _of(phase: Phase, several: tuple[Sql, ...], table: TableName | None) -> Iterator[Step]:
    for number, one in enumerate(several, start=1):
        done = _question(one.done)
        yield Step(
            name=f"{phase} {number}",
            phase=phase,
            summary=one.says or one.text.strip().splitlines()[0],
            done=done,
            statements=(_statement(one, one.text, table),),
            revert=(_statement(one, one.revert, table),) if one.revert else (),
            reverted=_question(one.reverted) if one.reverted else ~done if one.revert else ALWAYS,
        )


def _back(one: Sql, table: TableName | None) -> Step:
    done = _question(one.reverted) if one.reverted else ~_question(one.done)
    return Step(
        name=f"back: {one.revert.strip().splitlines()[0][:60]}",
        phase=Phase.CONTRACT,
        summary=f"taken back: {one.says or one.text.strip().splitlines()[0]}",
        done=done,
        statements=(_statement(one, one.revert, table),),
    )


def _question(query: str) -> Probe:
    """The author's query; a percent sign in it is no mark for a parameter."""
    return Probe(f"(({query.strip().rstrip(';')}))".replace("%", "%%"))


def _statement(one: Sql, text: str, table: TableName | None) -> Statement:
    """The strongest lock is assumed, so that nobody queues behind it for long."""
    return Statement(
        sql=text.strip().rstrip(";"),
        table=table,
        lock=Lock.ACCESS_EXCLUSIVE if table is not None else Lock.NONE,
        transactional=one.transactional,
    )


KIND = RawSQL
