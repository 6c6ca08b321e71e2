"""Rules times statements, for MySQL and MariaDB."""

from collections.abc import Iterable, Iterator

from expandcontract.lint import ignores
from expandcontract.lint.mysql import forms as f
from expandcontract.lint.mysql.context import OnlineContext, Session
from expandcontract.lint.mysql.costing import Cost, commits, cost, effects
from expandcontract.lint.mysql.known import Tables
from expandcontract.lint.mysql.profile import PROFILES, Profile, Server
from expandcontract.lint.mysql.reading import MyRead, read
from expandcontract.lint.mysql.sharing import shared
from expandcontract.lint.mysql.tokens import Lexer
from expandcontract.lint.options import Options, Runner, Source
from expandcontract.lint.registry import Entry, entries
from expandcontract.lint.release import release_of
from expandcontract.lint.report import FileReport, Judged
from expandcontract.lint.rule import Finding
from expandcontract.lint.selecting import (
    about_ignores,
    finding,
    not_ignored,
    selected,
)
from expandcontract.lint.splitting import Lines
from expandcontract.model.value import field, replace, value


@value(frozen=False)
class _Run:
    """What goes on from statement to statement, and from text to text."""

    options: Options
    profile: Profile
    own: tuple[Entry, ...]
    """The rules that look at this dialect's forms."""
    borrowed: tuple[Entry, ...]
    """PostgreSQL's rules about hazards that are the same everywhere."""
    tables: Tables
    session: Session = field(default_factory=Session)


def each(sources: Iterable[Source], options: Options) -> Iterator[FileReport]:
    """Judge texts that run in this order, one after the other, on one schema."""
    profile = PROFILES[Server(options.dialect)]
    tables = Tables()
    for known in read(options.schema, profile):
        tables.apply(known.node)
    on = [
        entry
        for entry in entries()
        if profile.server in entry.rule.dialects and selected(entry, options.select, options.ignore)
    ]
    run = _Run(
        options=options,
        profile=profile,
        own=tuple(entry for entry in on if _looks_here(entry)),
        borrowed=tuple(entry for entry in on if not _looks_here(entry)),
        tables=tables,
    )
    for source in sources:
        beside = replace(run, tables=run.tables.copy()) if source.aside else run
        judged = _judge_source(source, beside)
        if source.judged:
            yield judged


def _looks_here(entry: Entry) -> bool:
    """Whether a rule's forms are those of this package; unread statements have none."""
    return any(node is type(None) or node.__module__ == f.__name__ for node in entry.rule.nodes)


def _judge_source(source: Source, run: _Run) -> FileReport:
    reads = tuple(read(source.text, run.profile))
    lines = Lines(source.text)
    comments = tuple(ignores.find(source.text, reads, lines, Lexer(run.profile)))
    run.tables.forget_fresh()
    run.session = Session(in_transaction=_opened(run.options.runner, reads))
    statements: list[Judged] = []
    findings: list[Finding] = []
    on: dict[int, list[ignores.Ignore]] = {}
    for comment in comments:
        on.setdefault(id(comment.read), []).append(comment)
    for index, one in enumerate(reads):
        judged, found = _judge_statement(reads, index, run, source)
        statements.append(judged)
        findings.extend(not_ignored(found, on.get(id(one), ()), run.options.today))
    active = frozenset(entry.rule.id for entry in (*run.own, *run.borrowed))
    findings.extend(about_ignores(comments, source.path, run.options.today, active))
    findings.sort(key=lambda found: (found.line, found.column, found.rule))
    return FileReport(
        path=source.path,
        text=source.text,
        revision=source.revision,
        statements=tuple(statements),
        findings=tuple(findings),
        total=len(statements),
        unread=sum(not judged.effects.read for judged in statements),
    )


def _opened(runner: Runner, reads: tuple[MyRead, ...]) -> bool:
    """Whether the runner has opened a transaction; Alembic knows that DDL commits here."""
    own = any(isinstance(one.node, f.Transaction) for one in reads)
    return runner is Runner.SINGLE_TRANSACTION and not own


def _judge_statement(
    reads: tuple[MyRead, ...], index: int, run: _Run, source: Source
) -> tuple[Judged, list[Finding]]:
    one = reads[index]
    found_cost = _cost(one.node, run)
    context = OnlineContext(
        tables=run.tables,
        profile=run.profile,
        session=run.session,
        cost=found_cost,
        reads=reads,
        index=index,
        release=release_of(run.options.release),
    )
    judged = Judged(
        line=one.line,
        column=one.column,
        end_line=one.end_line,
        sql=one.text,
        effects=effects(one.node, found_cost, run.tables),
    )
    found = list(_check(one, context, run, source.path))
    run.tables.apply(one.node)
    run.session.advance(one.node, found_cost, commits=commits(one.node))
    return judged, found


def _cost(node: f.Node | None, run: _Run) -> Cost | None:
    return cost(node, run.tables, run.profile) if isinstance(node, f.AlterTable) else None


def _check(one: MyRead, context: OnlineContext, run: _Run, path: str) -> Iterator[Finding]:
    for entry in run.own:
        if isinstance(one.node, entry.rule.nodes):
            for hit in entry.rule.check(one.node, one, context):
                yield finding(entry, hit, path, one)
    yield from shared(one, context, run.borrowed, path)
