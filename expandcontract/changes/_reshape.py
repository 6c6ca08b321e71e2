"""Columns that are made of others: split, merged, derived."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from expandcontract.changes import _twin
from expandcontract.changes._carrying import helper
from expandcontract.changes._hung import To
from expandcontract.changes._members import Member, members
from expandcontract.changes._tree_columns import added, dropped, properties
from expandcontract.changes._trees import inheriting
from expandcontract.changes._twin import Twin, newcomers_step
from expandcontract.changes._values import Value, unlike
from expandcontract.ddl import columns, probes, sync, tables
from expandcontract.ddl.sides import Side, Sync
from expandcontract.model.backfill import Backfill
from expandcontract.model.catalog import Column, Table
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import NEVER, Probe
from expandcontract.model.statement import Statement

PHASE = Phase.CONTRACT


@dataclass(frozen=True)
class Reshape:
    """The values from which the steps are made; without `downs` there is no way back."""

    table: Table
    olds: tuple[Column, ...]  #: what goes; empty: the columns that `ups` read stay
    news: tuple[Column, ...]
    ups: tuple[Value, ...]
    downs: tuple[Value, ...]
    key: str
    strict: str = ""
    major: int = 0

    @property
    def name(self) -> TableName:
        """The table's name."""
        return self.table.name

    @property
    def finished(self) -> Probe:
        """Nothing of the old shape is left, and the new one stands."""
        stands = probes.column_exists(self.name, self.news[0].name)
        if not self.olds:
            return stands & probes.sync_is_gone(self.sync)
        return ~probes.column_exists(self.name, self.olds[0].name) & stands

    def tombstone(self, column: Column) -> str:
        """What an old column is called while it is kept."""
        return helper(self.key, "t", column.name)

    @cached_property
    def sync(self) -> Sync:
        """What the trigger keeps equal."""
        down = {value.column: value.of_new for value in self.downs}
        up = {value.column: value.of_new for value in self.ups}
        sides = {column.name for column in self.olds}
        read = {name for value in self.ups for name in value.read}

        def side(column: Column, values: dict[str, str], default: str | None = None) -> Side:
            return Side(
                column=column.name,
                value=values.get(column.name),
                default=default,
                equality_is_identity=column.equality_is_identity,
            )

        return Sync(
            table=self.name,
            key=self.key,
            old=tuple(side(column, down, column.default) for column in self.olds),
            new=tuple(side(column, up) for column in self.news),
            watched=tuple(
                side(column, {}, column.default)
                for column in self.table.columns
                if column.name in read - sides
            ),
            strict=self.strict,
            others=inheriting(self.table),
        )

    def _filling(self, values: tuple[Value, ...], filled: tuple[Column, ...]) -> Backfill:
        key = self.table.key()
        if key is None:
            raise AssertionError
        names = tuple(index_key.column or "" for index_key in key.keys)
        return Backfill(
            table=self.name,
            key=names,
            key_types=tuple(self.table.column(name).type for name in names),
            assignments=tuple((value.column, value.of_row) for value in values),
            sync_key=self.key,
            compare_as_text=tuple(c.name for c in filled if not c.equality_is_identity),
        )

    def _twin(self, filling: Backfill, target: Column, finished: Probe) -> Twin:
        return Twin(
            table=self.name,
            source="",
            target=target.name,
            column=target,
            key=filling.key,
            key_types=filling.key_types,
            helper_key=self.key,
            finished=finished,
            filling=filling,
        )

    @property
    def _up_differs(self) -> str:
        return unlike(zip(self.ups, (c.equality_is_identity for c in self.news), strict=True))

    @property
    def _down_differs(self) -> str:
        return unlike(zip(self.downs, (c.equality_is_identity for c in self.olds), strict=True))

    @property
    def forward(self) -> Twin:
        """The new columns, filled from the old ones."""
        filling = self._filling(self.ups, self.news)
        if self.downs:
            # What the new side wrote is right although `up` would make something else of it.
            empty = " AND ".join(columns.is_null(column.name) for column in self.news)
            filling = replace(filling, where=f"({self._down_differs}) OR ({empty})")
        return self._twin(filling, self.news[0], self.finished)

    def backward(self, target: Column) -> Twin:
        """The old columns, from the tombstones where those are still right."""
        filling = replace(self._filling(self.downs, self.olds), where=self._up_differs)
        return replace(self._twin(filling, target, NEVER), is_original=True)

    @property
    def backward_check(self) -> Twin:
        """One of both directions has to hold in every row."""
        filling = replace(self._filling(self.ups, self.news), where=self._down_differs)
        return self._twin(filling, self.olds[0], NEVER)

    def expand(self) -> Step:
        """The new columns, and the trigger."""
        exist = probes.sync_stands(self.sync)
        gone = probes.sync_is_gone(self.sync)
        for column in self.news:
            exist &= probes.column_exists(self.name, column.name)
            gone &= ~probes.column_exists(self.name, column.name)
        names = ", ".join(column.name for column in self.news)
        return Step(
            name="twins",
            phase=Phase.EXPAND,
            summary=f"{names} stand in {self.name.plain}, and a trigger computes them",
            done=self.finished | exist,
            statements=(
                *(made for c in self.news for made in added(self.table, c.name, c, like="")),
                *sync.create(self.sync, new_leads=False),
            ),
            revert=(
                *sync.drop(self.sync),
                *(columns.drop(self.name, column.name) for column in self.news),
            ),
            reverted=gone,
        )

    def steps(self) -> tuple[Step, ...]:
        """From expand to contract."""
        return (
            self.expand(),
            _twin.copy_step(self.forward, Phase.BACKFILL),
            _twin.verify_step(self.forward, Phase.SWITCH),
            self._lead(),
            *newcomers_step(self.table, self.forward),
            self._retire(),
        )

    def _lead(self) -> Step:
        leads = probes.new_leads(self.sync)
        return Step(
            name="authority",
            phase=Phase.SWITCH,
            summary="the new columns lead: they win where both sides are written differently",
            done=self.finished | leads,
            statements=(sync.create_function(self.sync, new_leads=True),),
            revert=(sync.create_function(self.sync, new_leads=False),),
            reverted=~leads,
        )

    @cached_property
    def _members(self) -> tuple[Member, ...]:
        """What hangs on each old column in each table; what hangs on two is found once."""
        found: list[Member] = []
        seen: frozenset[str] = frozenset()
        for column in self.olds:
            to = To(new=column.name, key=self.key, major=self.major)
            there = members(self.table, column, to, but=seen)
            seen |= frozenset(name for one in there for name in one.hung.names)
            found += there
        return tuple(found)

    def _retire(self) -> Step:
        names = ", ".join(column.name for column in self.olds)
        kept = f"the trigger is gone; {names} are kept under helpers' names until the close"
        final = f"the trigger and {names} are gone" if names else "the trigger is gone"
        return Step(
            name="retire",
            phase=PHASE,
            summary=kept if self.downs else final,
            done=self.finished,
            statements=(
                tables.lock_exclusively(self.name),
                *sync.drop(self.sync),
                *self._bury(),
                *self._take_defaults(),
            ),
        )

    def _bury(self) -> Iterator[Statement]:
        if not self.downs:
            for column in self.olds:
                yield from dropped(self.table, column.name, like=column.name)
            return
        for one in self._members:
            yield from one.statements(one.hung.disarm())
        for column in self.olds:
            yield columns.rename(self.name, column.name, self.tombstone(column))

    def _take_defaults(self) -> Iterator[Statement]:
        for column in self.news:
            if column.default is not None:
                yield columns.set_default(self.name, column.name, column.default)

    def close(self) -> tuple[Step, ...]:
        """Drop the tombstones."""
        if not self.downs:
            return ()
        kept = [self.tombstone(column) for column in self.olds]
        gone = self.finished
        for name in kept:
            gone &= ~probes.column_exists(self.name, name)
        names = ", ".join(column.name for column in self.olds)
        return (
            Step(
                name="drop what was kept",
                phase=PHASE,
                summary=f"the values of {names} are gone for good",
                done=gone,
                statements=tuple(
                    made
                    for column in self.olds
                    for made in dropped(self.table, self.tombstone(column), like=column.name)
                ),
            ),
        )

    def comeback(self, *, remade: bool = False) -> tuple[Step, ...]:
        """The old columns again, with all that hung on them."""
        if self.olds and not self.downs:
            return ()
        exist = probes.sync_stands(self.sync)
        for column in self.olds:
            exist &= probes.column_exists(self.name, column.name)
        again = Step(
            name="old columns again",
            phase=PHASE,
            summary="both sides stand again, and a trigger keeps them",
            done=exist,
            statements=(tables.lock_exclusively(self.name), *self._again(remade=remade)),
        )
        return (again, *self._refill()) if self.olds else (again,)

    def _again(self, *, remade: bool) -> Iterator[Statement]:
        for column in self.news:
            if column.default is not None:
                yield columns.drop_default(self.name, column.name)
        for column in self.olds:
            if remade:
                yield from added(self.table, column.name, column, like=column.name)
                yield from properties(self.table, column.name, column, like=column.name)
            else:
                yield columns.rename(self.name, self.tombstone(column), column.name)
            if column.default is not None:
                yield columns.set_default(self.name, column.name, column.default)
        yield from sync.create(self.sync, new_leads=True)

    def _refill(self) -> Iterator[Step]:
        yield _twin.copy_step(self.backward(self.olds[0]), PHASE, "copy back")
        for one in self._members:
            backward = one.twin(replace(self.backward(one.column), filling=None))
            yield from one.steps(one.hung.built(backward, PHASE))
            yield from one.steps(one.hung.held(backward, PHASE))
        yield _twin.verify_step(self.backward_check, PHASE, "verify back")
