"""`kill -9` at the commits of each phase of a change, or of its way back, and the command again."""

from dataclasses import dataclass

import psycopg

from tests.support.asserts import assert_schema
from tests.support.databases import Databases
from tests.support.fingerprint import fingerprint, rows
from tests.support.mortal import CLOSE, KILLED, Life, Mortals, Request
from tests.support.walk import Case, execute, with_ledger

_LEDGER = """
    SELECT c.reached, c.outcome, w.percent, array_agg(s.name || ': ' || s.state ORDER BY s.name)
    FROM expandcontract.changes c LEFT JOIN expandcontract.switches w ON w.change_id = c.id
    LEFT JOIN expandcontract.steps s ON s.change_id = c.id GROUP BY c.id, w.percent
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaths:
    """A case, which way it goes, and at every so manieth of its commits a death."""

    databases: Databases
    mortals: Mortals
    case: Case
    revert: bool = False
    stride: int = 1

    def die(self) -> int:
        """Carry out one phase after the other; how many deaths there were.

        A run without a death is the oracle, and what the walk compares with the native statement.
        The ledger stands before the first life, whose installation is a change of its own.
        """
        template, deaths = self._start(), 0
        for stage in self._stages():
            following, points = self._after(stage, template)
            over = self.databases.server.dsn_of(following)
            schema, end = fingerprint(over), self._state(over)
            first = 1 + (7 * len(self.case.id) + 5 * deaths) % self.stride
            for point in range(first, points + 1, self.stride):
                with self.databases.database(template) as dsn:
                    assert self._live(dsn, stage, point).code == KILLED
                    again = self._live(dsn, stage)
                    assert again.code == 0, (stage, point, again)
                    assert_schema(schema, dsn)
                    found = self._state(dsn)
                    assert found == end, (stage, point, found, end)
                deaths += 1
            template = following
        return deaths

    @property
    def _key(self) -> str:
        return f"deaths {self.case.change.kind} {self.case} {self.revert}"

    def _stages(self) -> tuple[str, ...]:
        """One command each."""
        if self.revert:
            return tuple(str(phase) for phase in reversed(self.case.phases_back))
        return ("expand", "backfill", "switch", "contract", CLOSE)

    def _start(self) -> str:
        key, empty = f"{self._key} start", with_ledger(self.databases)
        return self.databases.template(key, self._build, start=empty)

    def _build(self, dsn: str) -> None:
        execute(dsn, self.case.setup, self.case.before)
        if self.revert:
            for phase in self.case.phases_back:
                assert self._live(dsn, str(phase), revert=False).code == 0

    def _after(self, stage: str, template: str) -> tuple[str, int]:
        """A template of the database after a stage without a death, and how many points it has."""
        points = 0

        def build(dsn: str) -> None:
            nonlocal points
            whole = self._live(dsn, stage)
            assert whole.code == 0, whole
            points = whole.passed

        return self.databases.template(f"{self._key} {stage}", build, start=template), points

    def _live(self, dsn: str, stage: str, point: int = 0, *, revert: bool | None = None) -> Life:
        way = self.revert if revert is None else revert
        return self.mortals.live(
            Request(dsn=dsn, change=self.case.change, point=point, revert=way, stages=(stage,))
        )

    def _state(self, dsn: str) -> object:
        """The rows and what the ledger says; once they are gone, the last names have no rows."""
        with psycopg.connect(dsn) as connection:
            told = connection.execute(_LEDGER.encode()).fetchall()
            there = [
                table
                for table in dict.fromkeys((*self.case.tables, *self.case.at_end))
                if connection.execute("SELECT to_regclass(%s)", [table]).fetchone() != (None,)
            ]
        return told, rows(dsn, *there)
