"""Rules times statements: the findings of a text, or of several that run one after the other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from expandcontract.lint import ignores
from expandcontract.lint.costing.statements import effects
from expandcontract.lint.effects import Effects
from expandcontract.lint.forms import transaction as t
from expandcontract.lint.forms.alter_table import AlterTable, DropColumn
from expandcontract.lint.knowledge import History
from expandcontract.lint.options import (
    DIALECTS,
    OLDEST_MAJOR,
    Interlude,
    Options,
    Runner,
    Source,
)
from expandcontract.lint.places import Places
from expandcontract.lint.reading import Read, read
from expandcontract.lint.release import release_of
from expandcontract.lint.replaying import apply
from expandcontract.lint.report import FileReport, Judged, Report
from expandcontract.lint.rule import Context, Finding
from expandcontract.lint.selecting import (
    Rules,
    about_ignores,
    finding,
    not_ignored,
    rule_ids,
    rules,
)
from expandcontract.lint.session import Session
from expandcontract.lint.splitting import Lines
from expandcontract.lint.weighing import weighed
from expandcontract.model.names import TableName
from expandcontract.model.value import field, replace, value

__all__ = [
    "OLDEST_MAJOR",
    "Options",
    "Runner",
    "Source",
    "UnknownDialectError",
    "each",
    "judge",
    "lint",
    "schema_of",
]


def lint(
    sql: str,
    dialect: str = "postgres",
    pg_version: int = 15,
    schema: str = "",
    runner: str = "alembic",
) -> Report:
    """Judge one text; `schema` is SQL that ran before and is known but not judged."""
    if dialect not in DIALECTS:
        raise UnknownDialectError(dialect)
    options = Options(major=pg_version, schema=schema, runner=Runner(runner), dialect=dialect)
    return judge([Source(text=sql)], options)


class UnknownDialectError(ValueError):
    """The linter has no rules for this database."""

    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.dialect = dialect

    def __str__(self) -> str:
        return f"no rules for dialect {self.dialect!r}; known are {', '.join(DIALECTS)}"


@value(frozen=False)
class _Run:
    """What goes on from statement to statement, and from text to text."""

    options: Options
    rules: Rules
    rule_ids: frozenset[str]
    history: History
    session: Session = field(default_factory=Session)
    sizes: Mapping[str, int] = field(default_factory=dict)
    before: tuple[Places, ...] = ()  #: earlier texts, where they come together
    dropped: dict[TableName, set[str]] = field(default_factory=dict)  #: columns, by this text


def schema_of(text: str) -> History:
    """What is known once this text has run."""
    history = History()
    for statement in read(text):
        apply(history, statement)
    return history


def judge(
    sources: Sequence[Source],
    options: Options,
    history: History | None = None,
    by: Rules | None = None,
) -> Report:
    """Judge texts that run in this order, one after the other, on one schema.

    The schema is that of the options, unless it is given as `history`, which is left as it is;
    the rules are those that the options choose, unless they are given.
    """
    files = tuple(each(sources, options, history, by))
    return Report(files=files, pg_version=options.major, dialect=options.dialect)


def each(
    sources: Iterable[Source | Interlude],
    options: Options,
    history: History | None = None,
    by: Rules | None = None,
    start: int = 0,
) -> Iterator[FileReport]:
    """`judge`, one text at a time; those before `start` run as well, and are not judged."""
    if options.dialect != "postgres":
        from expandcontract.lint.mysql import judging  # noqa: PLC0415  when it is asked for

        texts = (one for one in sources if isinstance(one, Source))
        yield from judging.each(texts, options)
        return
    known = schema_of(options.schema) if history is None else history.copy()
    chosen = options.select, options.ignore
    run = _Run(options, by or rules(*chosen), rule_ids(*chosen), known, sizes=dict(options.sizes))
    for place, source in enumerate(sources):
        if isinstance(source, Interlude):
            _pass_over(source, run)
        elif place < start and source.judged:
            _replay(source, run)
        elif source.aside:
            back = replace(run, history=run.history.copy(), session=Session(), before=())
            yield _judge_source(source, back)
        elif source.judged:
            yield _judge_source(source, run)
        else:
            for statement in read(source.text):
                apply(run.history, statement)


def _pass_over(interlude: Interlude, run: _Run) -> None:
    """Take the effect of what is not judged; no transaction reaches over it."""
    reads = tuple(read(interlude.statements(run.history)))
    for statement in reads:
        apply(run.history, statement)
    run.session = Session(settings=run.session.settings)
    if run.options.together:
        run.before += (Places(reads),)


def _replay(source: Source, run: _Run) -> None:
    """Leave everything as judging the text would leave it, for what comes behind it."""
    if source.aside:
        return
    reads = tuple(read(source.text))
    _begin(source, reads, run)
    for one in reads:
        holds = run.session.in_transaction  # else nobody asks what the statement locks
        _advance(one, _effects(one, run) if holds else Effects(), run)
    if run.options.together:
        run.before += (Places(reads),)


def _begin(source: Source, reads: tuple[Read, ...], run: _Run) -> None:
    if not source.aside:
        run.history.fresh.clear()
    run.dropped = {}
    _open_transaction(run, reads, rendered=source.rendered)


def _effects(one: Read, run: _Run) -> Effects:
    return effects(one, run.history, run.options.major, run.session.setting("timezone"))


def _advance(one: Read, cost: Effects, run: _Run) -> None:
    """Take what the statement does to the schema and to the session."""
    apply(run.history, one, judged=True)
    run.history = run.session.advance(one, cost, run.history)


def _judge_source(source: Source, run: _Run) -> FileReport:
    lines = Lines(source.text)
    reads = tuple(read(source.text, lines))
    comments = tuple(ignores.find(source.text, reads, lines))
    _begin(source, reads, run)
    statements: list[Judged] = []
    findings: list[Finding] = []
    on: dict[int, list[ignores.Ignore]] = {}
    for comment in comments:
        on.setdefault(id(comment.read), []).append(comment)
    places = Places(reads)
    for index, one in enumerate(reads):
        judged, found = _judge_statement(places, index, run, source)
        statements.append(judged)
        said = on.get(id(one))
        findings.extend(not_ignored(found, said, run.options.today) if said else found)
    findings.extend(about_ignores(comments, source.path, run.options.today, run.rule_ids))
    findings.sort(key=lambda f: (f.line, f.column, f.rule))
    if run.options.together:
        run.before += (places,)
    return FileReport(
        path=source.path,
        text=source.text,
        revision=source.revision,
        statements=tuple(statements),
        findings=tuple(findings),
        total=len(statements),
        unread=sum(not judged.effects.read for judged in statements),
    )


def _open_transaction(run: _Run, reads: tuple[Read, ...], *, rendered: bool) -> None:
    """What the runner does before the text; a text with its own BEGIN or COMMIT is left alone."""
    runner = run.options.runner
    if runner is Runner.ALEMBIC and run.session.in_transaction:
        return
    settings = run.session.settings if runner is Runner.ALEMBIC else {}
    alone = runner is Runner.AUTOCOMMIT or (runner is Runner.MULTI_STATEMENT and len(reads) < 2)  # noqa: PLR2004
    implied = not alone and (rendered or not any(map(_is_control, reads)))
    run.session = Session(in_transaction=implied, implied=implied, settings=settings)


def _is_control(one: Read) -> bool:
    return isinstance(one.node, t.Begin | t.Commit)


def _judge_statement(
    places: Places, index: int, run: _Run, source: Source
) -> tuple[Judged, list[Finding]]:
    one = places.reads[index]
    cost = _effects(one, run)
    context = Context(
        history=run.history,
        effects=cost,
        session=run.session,
        major=run.options.major,
        places=places,
        index=index,
        release=release_of(run.options.release),
        before=run.before,
        dropped=run.dropped,
    )
    parts = one.with_inside()
    found = [
        finding(candidate, hit, source.path, part)
        for part in parts
        for candidate in run.rules.looking_at(part.node)
        for hit in candidate.rule.check(part.node, part, context)
    ]
    if run.sizes:
        found = weighed(found, cost, run.sizes)
    if isinstance(one.node, AlterTable):
        gone = {action.column for action in one.node.actions if isinstance(action, DropColumn)}
        run.dropped.setdefault(one.node.table, set()).update(gone)
    _advance(one, cost, run)
    judged = Judged(
        line=one.line, column=one.column, end_line=one.end_line, sql=one.text, effects=cost
    )
    return judged, found
