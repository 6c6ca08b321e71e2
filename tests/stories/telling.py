"""A story from its start to its end and back, whatever its kind is."""

from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from itertools import count

import psycopg

from expandcontract.model.phase import Phase
from tests.stories.acts import FIRST, Pen, acts, quoted
from tests.stories.application import Application, work
from tests.stories.story import Release, Story
from tests.support.walk import back, execute, forward

E, B, S, C = Phase
REQUESTS = 25


class Telling:
    """The releases that run at a moment, and the database that they share."""

    def __init__(self, dsn: str, story: Story, stack: ExitStack) -> None:
        self.dsn, self.story, self._stack = dsn, story, stack
        self._numbers = count(1)
        self._running: list[Application] = []
        self._position = 0
        execute(dsn, story.setup)
        _first_rows(dsn, story)
        execute(dsn, story.settle)
        self.ask()

    def start(self, release: Release) -> Application:
        """One more release."""
        number = next(self._numbers)
        pen = Pen(self.story, release, number)
        name, prepares = f"release {number}", self.story.prepares
        application = Application(self.dsn, name, 2, acts(pen), prepares=prepares)
        self._stack.callback(application.stop)
        self._running.append(application)
        self.work()
        return application

    def end(self, application: Application) -> None:
        """One release less."""
        self._running.remove(application)
        application.end()

    def work(self) -> None:
        """Let everybody answer some requests."""
        work(*self._running, requests=REQUESTS)

    def forward(self, *phases: Phase) -> None:
        for phase in phases:
            forward(self.dsn, self.story.change, phase)
            self._position = int(phase)
            self.ask()
        self.work()

    def back(self, *phases: Phase) -> None:
        for phase in phases:
            back(self.dsn, self.story.change, phase)
            self._position = int(phase) - 1
            self.ask()
        self.work()

    def ask(self) -> None:
        """What is accepted now is what should be."""
        for ask in self.story.asks:
            first, last = ask.accepted
            expected = first <= self._position < last
            found = _accepts(self.dsn, ask.sql)
            assert found == expected, (ask.sql, self._position)

    def agreed(self, *releases: Release | None) -> None:
        """At a moment at which nobody writes, every column is what the oracle says."""
        with ExitStack() as quiet:
            for application in self._running:
                for writer in application.writers:
                    quiet.enter_context(writer.turn)
            connection = quiet.enter_context(closing(psycopg.connect(self.dsn, autocommit=True)))
            for release in releases:
                if release is not None:
                    found = connection.execute(_wrong(release).encode()).fetchall()
                    assert found == [], (release, found)
        for application in self._running:
            application.assert_well()


def tell(dsn: str, story: Story) -> None:
    """The whole story, and back where there is a way."""
    with ExitStack() as stack:
        telling = Telling(dsn, story, stack)
        old = telling.start(story.old)
        telling.forward(E)
        early = story.new and story.new_from is E and telling.start(story.new)
        telling.forward(B)
        telling.agreed(story.old, story.new)
        new = early or (story.new and telling.start(story.new))
        telling.agreed(story.old, story.new)
        telling.forward(S)
        telling.agreed(story.old, story.new)
        if not story.is_one_way:
            telling.back(S)
            telling.agreed(story.old, story.new)
            telling.forward(S)

        last = _through_contract(telling, old, new or None)
        if not story.is_one_way:
            _home(telling, last)


def _through_contract(
    telling: Telling, old: Application, new: Application | None
) -> Application | None:
    """Only who knows what is left afterwards goes through contract."""
    story = telling.story
    if story.after is not None:
        third = telling.start(story.after)
        if new is not None:
            telling.end(new)
        new = third
    telling.end(old)
    telling.forward(C)
    telling.agreed(story.after or story.new)
    return new


def _home(telling: Telling, last: Application | None) -> None:
    story = telling.story
    telling.back(C)
    telling.agreed(story.old, story.new)
    again = telling.start(story.old)
    if story.after is not None and story.new is not None and last is not None:
        telling.end(last)
        last = telling.start(story.new)
    telling.back(S)
    telling.agreed(story.old, story.new)
    if last is not None:
        telling.end(last)
    execute(telling.dsn, story.mend)
    telling.back(B, E)
    telling.agreed(story.old)
    telling.end(again)


def _first_rows(dsn: str, story: Story) -> None:
    """The oracle's rows, and the same as the old release has stored them."""
    old = story.old
    facts = ", ".join(f"{old.born.get(f, text)} AS {f}" for f, text in story.facts.items())
    columns: Mapping[str, str] = story.start or old.columns
    names = ", ".join(quoted(column) for column in columns)
    texts = ", ".join(f"({text})::text" for text in columns.values())
    given = f"SELECT g AS id, g * {old.seeds} AS s FROM generate_series(1, {FIRST}) AS g"
    execute(
        dsn,
        f"CREATE TABLE twin AS SELECT id, {facts} FROM ({given}) AS given",
        "ALTER TABLE twin ADD PRIMARY KEY (id)",
        f"SELECT setval(pg_get_serial_sequence('{old.table}', 'id'), 1000)",
    )
    marks = ", ".join(["%s"] * (len(columns) + 1))
    insert = f"INSERT INTO {old.table} (id, {names}) VALUES ({marks})"
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute(f"SELECT id, {texts} FROM twin".encode()).fetchall()
        connection.cursor().executemany(insert.encode(), rows)


def _wrong(release: Release) -> str:
    names = ", ".join(f"{quoted(column)}::text" for column in release.columns).replace("%%", "%")
    texts = ", ".join(f"({text})::text" for text in release.columns.values())
    found, wanted = f"SELECT id, {names} FROM {release.table}", f"SELECT id, {texts} FROM twin"
    return (
        f"SELECT 'found', * FROM ({found} EXCEPT {wanted}) AS a"
        f" UNION ALL SELECT 'wanted', * FROM ({wanted} EXCEPT {found}) AS b ORDER BY 2, 1 LIMIT 6"
    )


REFUSED = (psycopg.IntegrityError, psycopg.ProgrammingError, psycopg.DataError)


def _accepts(dsn: str, sql: str) -> bool:
    """Whether a statement is accepted, which then leaves nothing behind."""
    with closing(psycopg.connect(dsn)) as connection, suppress(*REFUSED):
        connection.execute(sql.encode())
        connection.rollback()
        return True
    return False
