"""A rehearsal cut into what the Markdown faces show. Text in it is prose, and still raw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.rehearsals.rehearsal import (
    Measured,
    Rehearsal,
    RehearsedMigration,
    RehearsedStatement,
)
from bot.report import links, words
from bot.report.comment.detail import Detail, Rehearsed
from bot.report.escape import one_line
from bot.report.lock_words import who_waits
from bot.report.rehearsals import words as say
from bot.report.rehearsals.gantt import lock_gantt
from bot.report.rehearsals.setting import (
    history_stopped,
    not_rehearsed,
    rehearsed_title,
    setting_lines,
    steps_words,
    worth_telling,
)
from bot.report.rehearsals.statement_words import statement_sentence, worst_lock_words
from bot.report.rehearsals.timeline import Timeline
from bot.report.report import Report
from bot.report.size_words import bytes_words
from bot.report.words import clipped, count

_VISIBLE = 8
_MOST_MIGRATIONS = 10
_MOST_OPEN = 5
_MOST_LINES = 200
_CLIPPED = 300
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class StatementRow:
    """One statement. `url` is "" without a commit to point to, `time` where it did not end."""

    sign: str
    line: int
    url: str
    kind: str
    time: str
    sentence: str


@dataclass(frozen=True)
class TraceRow:
    """What the table of details says of a statement: a lock, a table, a number of bytes each."""

    line: int
    traces: tuple[str, ...]


@dataclass(frozen=True)
class MigrationView:
    """One migration: `seen` are the statements to see at once, `folded` all of them, if there are
    more. `facts` are a label of ours and prose each.
    """

    name: str
    seen: tuple[StatementRow, ...]
    folded: tuple[StatementRow, ...]
    many: int
    facts: tuple[tuple[str, str], ...]
    gantt: str = ""
    traces: tuple[TraceRow, ...] = ()


@dataclass(frozen=True)
class RehearsalView:
    """`problem`, `hint` and `setting` are prose, the first three are not."""

    title: str
    circumstances: str
    outcome: str
    open: bool
    problem: str
    hint: str
    migrations: tuple[MigrationView, ...]
    missing: int
    setting: tuple[str, ...]


def rehearsal_view(report: Report, detail: Detail, *, calm: bool) -> RehearsalView | None:
    """None where nobody asked for a rehearsal. `calm` folds it: it is history."""
    rehearsal = report.review.rehearsal
    if rehearsal is None or not worth_telling(rehearsal):
        return None
    by_name = {each.name: each for each in rehearsal.migrations}
    rehearsed = [
        (judged, by_name[judged.migration.name])
        for judged in report.review.migrations
        if judged.migration.name in by_name
    ]
    shown = rehearsed if detail.rehearsal > Rehearsed.OUTLINE else []
    if detail.rehearsal is Rehearsed.GRAVE:
        shown = sorted(shown, key=lambda pair: _weight(pair[1]))[:_MOST_MIGRATIONS]
    stopped = rehearsal.base.refused
    title, circumstances = rehearsed_title(rehearsal, provider=False)
    return RehearsalView(
        title=title,
        circumstances=circumstances,
        outcome=_outcome(report, rehearsal),
        open=not calm and (len(shown) <= _MOST_OPEN or any(m.refused for _, m in shown)),
        problem=_clip(not_rehearsed(rehearsal) or (history_stopped(stopped) if stopped else "")),
        hint=_clip(one_line(rehearsal.hint or (stopped.refusal.hint if stopped else ""))),
        migrations=tuple(_migration(report, rehearsal, *pair, detail) for pair in shown),
        missing=len(rehearsed) - len(shown),
        setting=_setting(rehearsal, detail),
    )


def _weight(rehearsed: RehearsedMigration) -> tuple[bool, float]:
    """What was refused comes first, then that for which others wait longest."""
    timeline = Timeline(rehearsed)
    return rehearsed.refused is None, -max(map(timeline.longest, timeline.spans), default=0.0)


def _setting(rehearsal: Rehearsal, detail: Detail) -> tuple[str, ...]:
    if rehearsal.server is None or detail.rehearsal is Rehearsed.OUTLINE:
        return ()
    most = _MOST_LINES if detail.rehearsal is Rehearsed.ALL else _VISIBLE
    return tuple(map(_clip, setting_lines(rehearsal)[:most]))


def _outcome(report: Report, rehearsal: Rehearsal) -> str:
    """For the fold: how many statements, and whether all went well."""
    if not rehearsal.migrations:
        return ""
    stopped = next((each for each in rehearsal.migrations if each.refused), None)
    steps = steps_words(report.review)
    if stopped:
        which = words.clipped(one_line(stopped.name), 100)
        return f"❌ {steps} ran" + (f", {which} failed" if len(rehearsal.migrations) > 1 else "")
    wait = sum(len({each.statement for each in Timeline(m).bars}) for m in rehearsal.migrations)
    if not wait:
        return f"{steps}, nobody has to wait"
    who = "which" if steps == "1 statement" else f"{wait:,} of them"
    return f"{steps}, {who} {'makes' if wait == 1 else 'make'} others wait"


def _migration(
    report: Report,
    rehearsal: Rehearsal,
    judged: JudgedMigration,
    rehearsed: RehearsedMigration,
    detail: Detail,
) -> MigrationView:
    timeline = Timeline(rehearsed)
    many = len(judged.statements)
    seen = _gravest(timeline, judged.statements)
    whole = detail.rehearsal is Rehearsed.ALL
    listed = detail.rehearsal >= Rehearsed.STATEMENTS and many > len(seen)
    rows = {
        place: _row(report, rehearsal, timeline, judged, place)
        for place in (range(many) if listed else sorted(seen))
    }
    return MigrationView(
        name=words.clipped(judged.migration.name, _CLIPPED),
        seen=tuple(rows[place] for place in sorted(seen)),
        folded=tuple(rows.values()) if listed else (),
        many=many,
        facts=tuple((label, _clip(text)) for label, text in _facts(timeline, judged)),
        gantt=lock_gantt(timeline, judged.statements) if whole else "",
        traces=tuple(_trace_rows(timeline, judged)) if whole else (),
    )


def _gravest(timeline: Timeline, statements: Sequence[JudgedStatement]) -> set[int]:
    """The places of those to see at once: what stopped, what others wait for, and longest."""

    def weight(place: int) -> tuple[bool, bool, float]:
        index = statements[place].statement.index
        measured = timeline.measured(index)
        took = measured.duration_ms if measured else 0.0
        longest = max(took, timeline.longest(index))
        return not timeline.stopped_at(index), not timeline.felt(index), -longest

    return set(sorted(range(len(statements)), key=weight)[:_VISIBLE])


def _row(
    report: Report, rehearsal: Rehearsal, timeline: Timeline, judged: JudgedMigration, place: int
) -> StatementRow:
    at = judged.statements[place].statement
    measured = timeline.measured(at.index)
    path = judged.migration.path
    sentence = statement_sentence(rehearsal, timeline, at.index, name=say.quoted)
    return StatementRow(
        sign="❌ " if timeline.stopped_at(at.index) else "",
        line=at.start.line,
        url=links.file_url(report.run, path, at.start.line, at.end.line) if report.run else "",
        kind=words.clipped(at.kind, 60),
        time=say.ms_words(measured.duration_ms).replace(" ", _NO_BREAK) if measured else "",
        sentence=_clip(sentence),
    )


def _facts(timeline: Timeline, judged: JudgedMigration) -> Iterator[tuple[str, str]]:
    rehearsed = timeline.rehearsed
    refused = rehearsed.refused
    if refused:
        if refused.statement is None:
            yield "❌ Stopped:", f"{say.refusal_words(refused)}."
        yield "What a failure leaves:", say.stays_words(rehearsed.stays)
        if refused.hint:
            yield "What to do:", one_line(refused.hint)
    worst = worst_lock_words(timeline, name=say.quoted)
    # Of a single statement its own line says it.
    if worst and len(judged.statements) > 1:
        yield "Worst lock:", worst
    numbers = {each.statement.index: each.statement.start.line for each in judged.statements}
    for estimate in rehearsed.estimates[:_VISIBLE]:
        line = numbers.get(estimate.statement)
        yield "Estimate:", say.estimate_words(estimate, name=say.quoted, line=line)
    if rehearsed.down and not rehearsed.down.drafted:
        sign = "" if rehearsed.down.proved else "❌ "
        yield f"{sign}`down.sql`", say.down_words(rehearsed.down)
    second = rehearsed.second
    # That it changes nothing is as it should be, and no news.
    if second and second.changed:
        sign = "❌ " if second.half_done else ""
        yield f"{sign}A second run", say.second_words(second)
    differing = [_differing(each, numbers) for each in rehearsed.statements if each.disagreements]
    for said in differing[:_VISIBLE]:
        yield "Not as predicted:", said


def _differing(statement: RehearsedStatement, numbers: dict[int, int]) -> str:
    said = "; ".join(say.disagreement_lines(statement.disagreements))
    line = numbers.get(statement.index)
    return f"line {line}: {said}" if line else said


def _trace_rows(timeline: Timeline, judged: JudgedMigration) -> Iterator[TraceRow]:
    for each in judged.statements[:_MOST_LINES]:
        measured = timeline.measured(each.statement.index)
        if measured:
            traces = [*_locks(timeline, each.statement.index), *_touched(measured)]
            yield TraceRow(each.statement.start.line, tuple(map(_clip, traces)))


def _locks(timeline: Timeline, index: int) -> Iterator[str]:
    """Those that others feel first."""
    measured, felt = timeline.measured(index), timeline.told(index)
    locks = measured.locks if measured else ()
    ordered = sorted(locks, key=lambda lock: (lock not in felt, -lock.mode))
    for lock in ordered[:_VISIBLE]:
        where = f"`{lock.mode.label}` on {say.quoted(lock.relation)}"
        held = say.ms_words(timeline.held_ms(index, lock))
        yield f"{where} for {held}: {who_waits(lock)}"
    if len(ordered) > _VISIBLE:
        yield count(len(ordered) - _VISIBLE, "more lock")


def _touched(measured: Measured) -> Iterator[str]:
    for each in measured.rows[:_VISIBLE]:
        done = (("inserted", each.inserted), ("updated", each.updated), ("deleted", each.deleted))
        numbers = words.listed(f"{number:,} {verb}" for verb, number in done if number)
        if numbers:
            yield f"rows of {say.quoted(each.relation)}: {numbers}"
    if measured.wal_bytes:
        yield f"{bytes_words(measured.wal_bytes)} of WAL"
    if measured.temporary_bytes:
        yield f"{bytes_words(measured.temporary_bytes)} of temporary files"
    if measured.sampled:
        yield "looked at from time to time only: a lock may have been overlooked"


def _clip(text: str) -> str:
    return clipped(text, _CLIPPED)
