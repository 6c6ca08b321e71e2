"""An enum type gets one more value."""

from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._refusing import refuse
from expandcontract.changes.base import Labels
from expandcontract.ddl import type_probes, types
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName, refuse_too_long, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Assumption, Plan, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEnumValue(Labels):
    """Add a value to an enum, at its end, or `before` or `after` another one.

    It is committed by itself, since a transaction cannot use a value that it has added. Its revert
    leaves the value: PostgreSQL cannot take one away, and a value that nobody writes does no harm.
    `ec.ReplaceEnum` gets rid of it.

    >>> AddEnumValue(type="mood", value="great", after="good").name
    'mood.add-great'
    """

    kind: ClassVar[str] = "add_enum_value"

    type: str
    value: str
    before: str = ""
    after: str = ""

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        name = TableName.parse(self.type)
        refuse_too_long(self.value)
        if self.before and self.after:
            reason = "it cannot stand both before one value and after another; give one of them"
            refuse(f"the value {self.value} of {name.plain}", (reason,))
        if not self.name:
            object.__setattr__(self, "name", slug(f"{name.plain}.add-{self.value}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """No table is looked at: the type's values do not stand in any."""
        return ()

    def plan(self, catalog: Catalog) -> Plan:
        """One command."""
        name = TableName.parse(self.type)
        schema = name.schema or (catalog.search_path[0] if catalog.search_path else None)
        assumed = [Assumption(text=f"{name.plain} is an enum", probe=type_probes.is_enum(name))]
        if neighbour := self.before or self.after:
            is_value = type_probes.is_enum_value(name, neighbour)
            text = f"{neighbour!r} is a value of {name.plain}"
            assumed.append(Assumption(text=text, probe=is_value))
        added = types.add_value(name, self.value, before=self.before, after=self.after)
        return Plan(
            steps=(
                Step(
                    name=f"value {self.value}",
                    phase=Phase.EXPAND,
                    summary=f"{self.value!r} is a value of {name.plain}",
                    done=type_probes.is_enum_value(name, self.value),
                    statements=(added,),
                ),
            ),
            assumptions=tuple(assumed),
            claims=((TableName(name.name, schema).plain, f"value {self.value}"),),
            notes=(
                "its revert leaves the value, which PostgreSQL cannot remove: ec.ReplaceEnum can",
                "code that reads the type has to expect the value from expand on",
            ),
        )


KIND = AddEnumValue
