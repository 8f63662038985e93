"""A rehearsal in a terminal: whole for `rehearse`, as one block for `check`."""

from collections.abc import Iterable, Iterator

from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.rehearsals.proofs import BatchProof
from bot.core.rehearsals.refusal import Refusal
from bot.core.rehearsals.rehearsal import MeasuredLock, Rehearsal, RehearsedMigration
from bot.report.escape import one_line
from bot.report.lock_words import lock_words, strongest
from bot.report.rehearsals import words as say
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
from bot.report.terminal.lines import Line, line
from bot.report.words import count

_LABELS = 11
_MOST_SCHEMA_LINES = 40
_MOST_IN_BLOCK = 6
_BAD, _WAIT = "bold red", "yellow"


def rehearsal_section(review: Review) -> Iterator[Line]:
    """Everything that was measured; nothing if nobody asked."""
    rehearsal = review.rehearsal
    if rehearsal is None or not worth_telling(rehearsal):
        return
    yield from _head(rehearsal)
    for judged in review.migrations:
        rehearsed = rehearsal.of(judged.migration.name)
        if rehearsed:
            yield line()
            yield from _migration(rehearsal, rehearsed, judged)
    if rehearsal.server:
        yield line()
        for each in setting_lines(rehearsal):
            yield line(each, "dim")
    yield line()


def rehearsal_block(review: Review) -> Iterator[Line]:
    """What a check says of it: what others would wait for, and what went wrong."""
    rehearsal = review.rehearsal
    if rehearsal is None or not worth_telling(rehearsal):
        return
    yield from _head(rehearsal, of=f": {steps_words(review)}." if rehearsal.migrations else ".")
    told = list(_told(review, rehearsal))
    before = ""
    for name, number, said, style in told[:_MOST_IN_BLOCK]:
        if name != before:
            yield line(name, indent=2)
        yield Line(((said, style),), indent=2, label=f"{number:>4} │ ")
        before = name
    if len(told) > _MOST_IN_BLOCK:
        more = count(len(told) - _MOST_IN_BLOCK, "more statement")
        yield line(f"… and {more} that others wait for", "dim", indent=2)
    yield from _proofs(rehearsal)
    if rehearsal.migrations:
        yield line("Every lock, row and byte: migration-bot rehearse", "dim", indent=2)
    yield line()


def _head(rehearsal: Rehearsal, *, of: str = ".") -> Iterator[Line]:
    if not rehearsal.problem:
        yield line(f"{' '.join(rehearsed_title(rehearsal)).rstrip()}{of}", "bold")
    else:
        yield line(not_rehearsed(rehearsal), "bold yellow")
        if rehearsal.hint:
            yield Line(((one_line(rehearsal.hint), ""),), label="hint: ")
    if rehearsal.base.refused:
        yield line(history_stopped(rehearsal.base.refused), _BAD)
        yield from _hint(rehearsal.base.refused.refusal)


def _migration(
    rehearsal: Rehearsal, rehearsed: RehearsedMigration, judged: JudgedMigration
) -> Iterator[Line]:
    yield line(one_line(rehearsed.name), "bold")
    timeline = Timeline(rehearsed)
    for each in judged.statements:
        yield from _statement(rehearsal, timeline, each)
    yield from _facts(timeline, judged)


def _statement(rehearsal: Rehearsal, timeline: Timeline, judged: JudgedStatement) -> Iterator[Line]:
    """Its line, kind, time and strongest lock; below, in a sentence, the worst of it."""
    index = judged.statement.index
    measured = timeline.measured(index)
    said = [say.ms_words(measured.duration_ms)] if measured else []
    lock = _strongest(timeline, index)
    said += [lock_words(lock)] if lock and not lock.new else []
    head = (one_line(judged.statement.kind), "bold"), ("".join(f", {e}" for e in said), "")
    yield Line(head, indent=2, label=f"{judged.statement.start.line:>4} │ ")
    sentence = statement_sentence(rehearsal, timeline, index)
    style = "dim" if measured is None else _WAIT if timeline.felt(index) else ""
    if timeline.stopped_at(index):
        style = _BAD
    yield Line(((sentence, style),), indent=2, label="     │ ")
    if proof := _batches(timeline.rehearsed, index):
        yield Line(((say.batches_words(proof), ""),), indent=2, label="     │ ")
    for each in _disagreements(timeline.rehearsed, index):
        yield Line(((f"not as predicted: {each}", "magenta"),), indent=2, label="     │ ")


def _strongest(timeline: Timeline, index: int) -> MeasuredLock | None:
    """What others feel; without that a table's lock, for who runs DDL or VACUUM."""
    measured = timeline.measured(index)
    tables = [each for each in measured.locks if not each.index] if measured else []
    return strongest(timeline.told(index) or tables)


def _batches(rehearsed: RehearsedMigration, index: int) -> BatchProof | None:
    found = (each.batches for each in rehearsed.statements if each.index == index)
    return next((each for each in found if each and each.proved), None)


def _disagreements(rehearsed: RehearsedMigration, index: int) -> tuple[str, ...]:
    found = (each.disagreements for each in rehearsed.statements if each.index == index)
    return say.disagreement_lines(next(found, ()))


def _facts(timeline: Timeline, judged: JudgedMigration) -> Iterator[Line]:
    rehearsed = timeline.rehearsed
    if rehearsed.refused:
        yield from _refused(rehearsed, rehearsed.refused)
    if worst := worst_lock_words(timeline):
        yield _fact("worst lock", worst)
    lines = say.schema_lines(rehearsed.changes)
    for place, each in enumerate(lines[:_MOST_SCHEMA_LINES]):
        yield _fact("" if place else "schema", each)
    if len(lines) > _MOST_SCHEMA_LINES:
        yield _fact("", f"… {count(len(lines) - _MOST_SCHEMA_LINES, 'more line')}")
    if rehearsed.down and not rehearsed.down.drafted:
        yield _fact("down.sql", say.down_words(rehearsed.down), _bad(not rehearsed.down.proved))
    if rehearsed.second:
        half_done = rehearsed.second.half_done
        yield _fact("2nd run", say.second_words(rehearsed.second), _bad(half_done))
    numbers = {each.statement.index: each.statement.start.line for each in judged.statements}
    for place, estimate in enumerate(rehearsed.estimates):
        said = say.estimate_words(estimate, line=numbers.get(estimate.statement))
        yield _fact("" if place else "estimate", said)


def _refused(rehearsed: RehearsedMigration, refused: Refusal) -> Iterator[Line]:
    if refused.statement is None:
        yield _fact("stopped", say.refusal_words(refused), _BAD)
    yield from (_fact("stays", say.stays_words(rehearsed.stays)),)
    if refused.hint:
        yield _fact("hint", one_line(refused.hint))


def _fact(label: str, text: str, style: str = "") -> Line:
    shown = f"{label}: ".ljust(_LABELS + 1) if label else " " * (_LABELS + 1)
    return Line(((one_line(text), style),), indent=2, label=shown)


def _bad(wrong: bool) -> str:
    return _BAD if wrong else ""


def _hint(refusal: Refusal) -> Iterable[Line]:
    return [Line(((one_line(refusal.hint), ""),), label="hint: ")] if refusal.hint else []


def _told(review: Review, rehearsal: Rehearsal) -> Iterator[tuple[str, int, str, str]]:
    """Migration, line, sentence and style of each statement that stopped or makes others wait."""
    for judged in review.migrations:
        rehearsed = rehearsal.of(judged.migration.name)
        timeline = Timeline(rehearsed) if rehearsed else None
        for each in judged.statements if timeline else ():
            index = each.statement.index
            if timeline and (timeline.stopped_at(index) or timeline.felt(index)):
                said = statement_sentence(rehearsal, timeline, index, timed=True)
                style = _BAD if timeline.stopped_at(index) else _WAIT
                yield one_line(judged.migration.name), each.statement.start.line, said, style


def _proofs(rehearsal: Rehearsal) -> Iterator[Line]:
    downs = (each.down for each in rehearsal.migrations)
    proofs = [each for each in downs if each is not None and not each.drafted]
    proved = sum(each.proved for each in proofs)
    if proofs and proved == len(proofs):
        yield line("down.sql proved: up, down, up again.", indent=2)
    elif proofs:
        of = f"{len(proofs) - proved:,} of {count(len(proofs), 'migration')}"
        yield line(f"down.sql is wrong for {of}.", _BAD, indent=2)
    differing = sum(len(e.disagreements) for m in rehearsal.migrations for e in m.statements)
    if differing:
        many = count(differing, "measurement differs", "measurements differ")
        yield line(f"{many} from what was predicted.", "magenta", indent=2)
