"""A report cut into what its Markdown faces show: rows, findings, SQL. Text in it is still raw."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration
from bot.core.gates.gate import closed
from bot.core.github.run import Run
from bot.core.rollouts.progress import Progress, State
from bot.report import links, words
from bot.report.comment.detail import Detail
from bot.report.comment.sql_view import gravest
from bot.report.faces.fixes import Part, instead_of, parts_of
from bot.report.rehearsals.words import measured_words
from bot.report.report import Report
from bot.report.size_words import size_sentence

_MESSAGE = 600
_REASON = 1500
_VISIBLE_ROWS = 8
_STATE_COLUMNS = 4
_LONG = 8
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Cell:
    """Where a migration stands with one target."""

    sign: str
    words: str


@dataclass(frozen=True)
class Row:
    """One migration of the table: its name without the timestamp, which is `stamp`.

    `effect` and `measured` are prose: what is foreseen, and what the rehearsal made of it.
    """

    sign: str
    name: str
    stamp: str
    url: str
    effect: str
    measured: str
    finding: Finding | None
    rule_url: str
    states: tuple[Cell, ...]


@dataclass(frozen=True)
class Note:
    """A finding as shown. `url` is "" without a commit to point to.

    `instead` is what to write in the statement's place, None if that is not said.
    """

    finding: Finding
    message: str
    place: str
    url: str
    rule_url: str
    size: str
    why: str
    fix: tuple[Part, ...]
    instead: str | None = None

    @property
    def long(self) -> bool:
        """Whether what to write instead is folded away, so that the next finding is in sight."""
        return self.instead is not None and self.instead.count("\n") >= _LONG


@dataclass(frozen=True)
class Group:
    """Findings of one severity: those that are shown, and how many there are."""

    sign: str
    title: str
    notes: tuple[Note, ...]
    total: int
    open: bool
    folded: bool

    @property
    def missing(self) -> int:
        return self.total - len(self.notes)


def split_rows(report: Report, limit: int | None) -> tuple[list[Row], list[Row]]:
    """Rows to see at once, and rows to fold away; `limit` is how many there may be at all."""
    migrations = report.review.migrations
    kept = sorted(gravest(migrations, limit))
    seen = set(kept)
    if len(kept) > _VISIBLE_ROWS:
        seen &= gravest(migrations, _VISIBLE_ROWS)
        seen = {place for place in seen if words.worst(migrations[place].findings)} or seen
    shown = [_row(migrations[place], report) for place in kept if place in seen]
    return shown, [_row(migrations[place], report) for place in kept if place not in seen]


def columns_of(report: Report) -> list[str]:
    """The targets with a column of their own; too many would push the table off the screen."""
    names = [each.target for each in report.targets]
    return names if len(names) <= _STATE_COLUMNS else []


def _row(judged: JudgedMigration, report: Report) -> Row:
    worst = words.worst(judged.findings)
    path = judged.migration.path
    states = report.targets if columns_of(report) else ()
    stamp, name = words.stamp_and_name(judged.migration.name)
    return Row(
        sign=sign_of(worst),
        name=name,
        stamp=stamp,
        url=links.file_url(report.run, path) if report.run else "",
        effect=words.effect(judged),
        measured=measured_words(report.review.rehearsal, judged),
        finding=worst,
        rule_url=links.rule_url(report.run, worst.rule) if worst else "",
        states=tuple(_cell(judged.migration.name, each) for each in states),
    )


def sign_of(worst: Finding | None) -> str:
    if worst is None or worst.severity is Severity.NOTICE:
        return "🟢"
    return "🔴" if worst.severity is Severity.ERROR else "🟡"


def _cell(name: str, progress: Progress) -> Cell:
    state = migration_state(name, progress)
    return Cell(words.STATE_SIGNS[state], words.STATE_WORDS[state].replace(" ", _NO_BREAK))


def migration_state(name: str, progress: Progress) -> State:
    """One migration's state: in a rollout that stopped, some are applied and some never began; of
    those that were applied, some may have been taken back."""
    if progress.state is State.ROLLED_BACK:
        taken_back = not progress.migrations or name in progress.migrations
        return State.ROLLED_BACK if taken_back else State.APPLIED
    if progress.state is State.APPLIED or name in progress.migrations:
        return State.APPLIED
    if progress.state is State.FAILED and name != progress.failed:
        return State.WAITING if progress.failed else State.FAILED
    return progress.state


def groups_of(report: Report, detail: Detail, *, calm: bool) -> list[Group]:
    """Counted findings by severity, the gravest first. `calm` folds them all: it is history."""
    left = detail.findings
    told: set[str] = set()
    groups: list[Group] = []
    for severity, sign, title in (
        (Severity.ERROR, "🔴", "Must change"),
        (Severity.WARNING, "🟡", "Worth a look"),
        (Severity.NOTICE, "⚪", "Good to know"),
    ):
        found = [f for f in report.review.all_findings if f.severity is severity and not f.allowed]
        shown = found if severity is not Severity.NOTICE or detail.notices else []
        shown = shown if left is None else shown[:left]
        left = None if left is None else left - len(shown)
        reasons = severity is not Severity.NOTICE or detail.notice_reasons
        notes = tuple(_once(_note(each, report.run, reasons=reasons), told) for each in shown)
        first = not groups and severity is not Severity.NOTICE and not calm
        folded = severity is not Severity.ERROR or calm
        if found:
            groups.append(Group(sign, title, notes, len(found), first and len(found) <= 3, folded))
    return groups


def _once(note: Note, told: set[str]) -> Note:
    """Without the reason and the SQL that stand further up; what to do is always said."""
    why = "" if note.why in told else note.why
    instead = None if note.instead in told else note.instead
    told.update(each for each in (note.why, note.instead) if each)
    return replace(note, why=why, instead=instead)


def allowed_of(report: Report, detail: Detail) -> Group:
    found = [each for each in report.review.all_findings if each.allowed]
    shown = found[:50] if detail.notices else []
    notes = tuple(_note(each, report.run, reasons=False) for each in shown)
    return Group("☑️", "Allowed by the author", notes, len(found), open=False, folded=True)


def _note(finding: Finding, run: Run | None, *, reasons: bool) -> Note:
    short = "/".join(finding.path.split("/")[-2:])
    located = "." in finding.path.rpartition("/")[2]
    return Note(
        finding=finding,
        message=words.clipped(finding.message, _MESSAGE),
        place=f"{short}:{finding.line}" if located else short,
        url=links.finding_url(run, finding) if run else "",
        rule_url=links.rule_url(run, finding.rule),
        size=words.clipped(size_sentence(finding), _REASON),
        why=words.clipped(finding.why, _REASON) if reasons else "",
        fix=parts_of(words.clipped(finding.fix, _REASON)) if reasons else (),
        instead=instead_of(finding) if reasons else None,
    )


def _held_up(progress: Progress) -> str:
    """How many gates will stop a target that waits; one that was stopped says so itself."""
    many = len(closed(progress.gates)) if progress.state is State.WAITING else 0
    return f", {words.count(many, 'gate')} closed" if many else ""


def targets_summary(targets: Iterable[Progress]) -> str:
    """One line for the fold: staging ✅ applied · production 🔒 on hold."""
    said = [
        f"{each.target} {words.STATE_SIGNS[each.state]} {words.STATE_WORDS[each.state]}"
        f"{_held_up(each)}"
        for each in targets
    ]
    return " · ".join([*said[:5], f"and {len(said) - 5} more"] if len(said) > 5 else said)
