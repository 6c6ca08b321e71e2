"""The steps of one change, in order: what the ledger freezes and the shell carries out."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any, Self

from expandcontract.model.backfill import Backfill
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.probe import ALWAYS, Probe
from expandcontract.model.statement import Statement
from expandcontract.model.trial import Trial

DOCUMENT_VERSION = 1

WHOLE = "*"
"""What a change of a whole table claims: no other change may work on any part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanup:
    """What a broken earlier attempt may have left, and how it is taken away."""

    needed: Probe
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The smallest unit that is done or not done.

    Its work is one of: `statements`, which commit together with the ledger row (or a single
    statement that cannot run in a transaction); a `backfill`; or a `verification`, which
    compares what the backfill should have made equal and changes nothing.
    """

    name: str
    phase: Phase
    summary: str  #: one line for people: what is true afterwards
    done: Probe
    statements: tuple[Statement, ...] = ()
    backfill: Backfill | None = None
    verification: Backfill | None = None
    cleanups: tuple[Cleanup, ...] = ()
    running: Probe | None = None  #: true while a lost runner's statement still works on it
    revert: tuple[Statement, ...] = ()
    reverted: Probe = ALWAYS
    further: str = ""  #: a query for the next command, known at that moment only; asked until none
    further_back: str = ""  #: the same for the way back
    offenders: str = ""  #: a query for some of the rows that stand in its way, one text for each

    @property
    def transactional(self) -> bool:
        """Whether the step's statements commit together with its ledger row."""
        return all(statement.transactional for statement in self.statements)

    @property
    def by_ledger(self) -> bool:
        """Whether only the ledger knows that it is done: rows cannot be asked in passing."""
        return self.backfill is not None or self.verification is not None

    @property
    def stays(self) -> bool:
        """Whether there is nothing to take back: rows stay, or are forgotten in passing."""
        return self.by_ledger or not (self.revert or self.further_back)

    def document(self) -> dict[str, Any]:
        """The step as JSON keeps it."""
        return {
            "name": self.name,
            "phase": str(self.phase),
            "summary": self.summary,
            "done": self.done.document(),
            "statements": [statement.document() for statement in self.statements],
            "backfill": self.backfill and self.backfill.document(),
            "verification": self.verification and self.verification.document(),
            "cleanups": [
                {"needed": c.needed.document(), "statement": c.statement.document()}
                for c in self.cleanups
            ],
            "running": self.running and self.running.document(),
            "revert": [statement.document() for statement in self.revert],
            "reverted": self.reverted.document(),
            **({"further": self.further} if self.further else {}),
            **({"further_back": self.further_back} if self.further_back else {}),
            **({"offenders": self.offenders} if self.offenders else {}),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        backfill, verification = document["backfill"], document["verification"]
        running = document["running"]
        return cls(
            name=document["name"],
            phase=Phase[document["phase"].upper()],
            summary=document["summary"],
            done=Probe.from_document(document["done"]),
            statements=tuple(Statement.from_document(s) for s in document["statements"]),
            backfill=backfill and Backfill.from_document(backfill),
            verification=verification and Backfill.from_document(verification),
            cleanups=tuple(
                Cleanup(
                    needed=Probe.from_document(c["needed"]),
                    statement=Statement.from_document(c["statement"]),
                )
                for c in document["cleanups"]
            ),
            running=running and Probe.from_document(running),
            revert=tuple(Statement.from_document(s) for s in document["revert"]),
            reverted=Probe.from_document(document["reverted"]),
            further=document.get("further", ""),
            further_back=document.get("further_back", ""),
            offenders=document.get("offenders", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """Something the plan took from the catalog that must still hold when a phase starts."""

    text: str
    probe: Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A column that contract drops, and what hangs on it that the plan carries over.

    Anything else that hangs on it when contract comes was added later and would be lost.
    """

    table: TableName
    column: str
    carried: tuple[str, ...] = ()  #: names of its indexes and constraints
    properties: dict[str, str] = field(default_factory=dict)  #: what else it has: `default`
    stays: bool = False  #: another column takes its name: statements that use it go on
    part_of: TableName | None = None  #: it need not be there any more when contract comes
    definitions: dict[str, str] = field(default_factory=dict)
    """A hash of each definition that the plan knows and gives again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps of one change; the same change and catalog make the same plan."""

    steps: tuple[Step, ...]
    comeback: tuple[Step, ...] = ()
    """The steps that lead from contracted back to switched; empty: contract is final."""
    close: tuple[Step, ...] = ()
    """The steps that drop what contract kept; empty: contract closes the change."""
    remake: tuple[Step, ...] = ()
    """The steps that make the old shape again without its rows, for a change that was closed
    while the database was being built."""
    assumptions: tuple[Assumption, ...] = ()
    retires: tuple[Retired, ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    """(relation, column or other object) that no other open change may work on."""
    counters: dict[str, str] = field(default_factory=dict)
    """Sequences of ours that the sync trigger counts with: `old_writes`, `conflicts`."""
    notes: tuple[str, ...] = ()  #: what the author should know before the start
    trials: tuple[Trial, ...] = field(default=(), compare=False)
    """What a server is asked when the plan is made; no part of what is frozen."""

    def of(self, phase: Phase) -> tuple[Step, ...]:
        """The steps of one phase, in order."""
        return tuple(step for step in self.steps if step.phase is phase)

    @property
    def fingerprint(self) -> str:
        """A hash of everything that the plan does; what the ledger compares.

        The hashes of definitions are what a server shows, which a script does not know.
        """
        plan = replace(self, retires=tuple(replace(r, definitions={}) for r in self.retires))
        text = json.dumps(plan.document(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """The plan as JSON keeps it."""
        return {
            "version": DOCUMENT_VERSION,
            "steps": [step.document() for step in self.steps],
            "comeback": [step.document() for step in self.comeback],
            **({"close": [step.document() for step in self.close]} if self.close else {}),
            **({"remake": [step.document() for step in self.remake]} if self.remake else {}),
            "assumptions": [
                {"text": a.text, "probe": a.probe.document()} for a in self.assumptions
            ],
            "retires": [
                {
                    "table": [r.table.schema, r.table.name],
                    "column": r.column,
                    "carried": list(r.carried),
                    "properties": r.properties,
                    **({"stays": True} if r.stays else {}),
                    **({"part_of": [r.part_of.schema, r.part_of.name]} if r.part_of else {}),
                    **({"definitions": r.definitions} if r.definitions else {}),
                }
                for r in self.retires
            ],
            "claims": [list(claim) for claim in self.claims],
            "counters": self.counters,
            "notes": list(self.notes),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `document` wrote."""
        return cls(
            steps=tuple(Step.from_document(step) for step in document["steps"]),
            comeback=tuple(Step.from_document(step) for step in document["comeback"]),
            close=tuple(Step.from_document(step) for step in document.get("close", ())),
            remake=tuple(Step.from_document(step) for step in document.get("remake", ())),
            assumptions=tuple(
                Assumption(text=a["text"], probe=Probe.from_document(a["probe"]))
                for a in document["assumptions"]
            ),
            retires=tuple(
                Retired(
                    table=TableName(r["table"][1], r["table"][0]),
                    column=r["column"],
                    carried=tuple(r["carried"]),
                    properties=r["properties"],
                    stays=r.get("stays", False),
                    part_of=TableName(*reversed(r["part_of"])) if "part_of" in r else None,
                    definitions=r.get("definitions", {}),
                )
                for r in document["retires"]
            ),
            claims=tuple((relation, thing) for relation, thing in document["claims"]),
            counters=document["counters"],
            notes=tuple(document["notes"]),
        )
