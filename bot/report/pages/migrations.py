"""A migration as its page shows it: what was found, what it does, how it went, and the way back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.core.board.board import Board, TargetBoard
from bot.core.findings.finding import Finding, Severity, Verdict, verdict_of
from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import Lock
from bot.core.migrations.migration import timestamp_of
from bot.core.rehearsals.rehearsal import Rehearsal, RehearsedMigration
from bot.core.rollouts.rollback_class import RollbackClass, class_of
from bot.core.rollouts.standing import Standing
from bot.report import words
from bot.report.faces.fixes import Part, instead_of, parts_of
from bot.report.lock_words import named
from bot.report.pages.addresses import migration_page
from bot.report.pages.rollouts import RolloutRow, age_of
from bot.report.pages.states import Mark, mark_of
from bot.report.rehearsals.statement_words import statement_sentence
from bot.report.rehearsals.timeline import Timeline
from bot.report.rehearsals.words import ms_words
from bot.report.rollback_words import rollback_sentence

MOST_FINDINGS = 100
MOST_STATEMENTS = 200
_MOST_LOCKS, _MOST_ROLLOUTS = 6, 10
_SIGNS = {Severity.ERROR: "✕", Severity.WARNING: "!", Severity.NOTICE: "i"}
VERDICTS = {Verdict.PASS: "nothing found", Verdict.WARN: "warnings", Verdict.BLOCK: "blocked"}


@dataclass(frozen=True)
class Stand:
    """Where it is on one target. `since` is words, `rollouts` are those that had to do with it."""

    target: TargetBoard
    mark: Mark
    standing: Standing | None
    rollouts: tuple[RolloutRow, ...] = ()


@dataclass(frozen=True)
class FindingView:
    """`fix` are paragraphs and what to paste, `instead` is the SQL to write in its place."""

    finding: Finding
    sign: str
    fix: tuple[Part, ...]
    instead: str | None

    @property
    def severity(self) -> str:
        return "allowed" if self.finding.allowed is not None else self.finding.severity.value


@dataclass(frozen=True)
class StatementView:
    """`does` is what it is predicted to do, `did` what it did in the rehearsal, "" without one."""

    index: int
    line: int
    kind: str
    locks: tuple[str, ...]
    does: tuple[str, ...]
    did: str
    took: str


@dataclass(frozen=True)
class MigrationView:
    """One migration of the board. `place` is its number in the history, from 1; 0 for one that is
    only on a target."""

    board: Board
    name: str
    judged: JudgedMigration | None
    stands: tuple[Stand, ...]
    place: int = 0

    @property
    def page(self) -> str:
        return migration_page(self.name)

    @property
    def title(self) -> str:
        """Its words, as a person would say them."""
        return words.stamp_and_name(self.name)[1].replace("_", " ")

    @property
    def stamp(self) -> str:
        """The time in its name; "" if there is none."""
        at = timestamp_of(self.name)
        return f"{at:%Y-%m-%d %H:%M}" if at and self.title != self.name else ""

    @cached_property
    def rehearsed(self) -> RehearsedMigration | None:
        rehearsal = self.board.review.rehearsal
        return rehearsal.of(self.name) if rehearsal else None

    @cached_property
    def accepted(self) -> bool:
        """Whether it is of the baseline, so that nobody has judged it."""
        judged = {each.migration.name for each in self.board.review.migrations}
        return self.judged is not None and self.name not in judged

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.judged.findings if self.judged else ())

    @property
    def counts(self) -> str:
        """`2 errors, 1 warning`; "" if nothing was found that counts."""
        counted = [each for each in self.findings if each.allowed is None]
        said = [
            words.count(number, severity.value)
            for severity in reversed(Severity)
            if (number := sum(each.severity is severity for each in counted))
        ]
        return ", ".join(said)

    @property
    def worst(self) -> Severity | None:
        found = words.worst(self.findings)
        return found.severity if found else None

    @property
    def findings(self) -> Sequence[Finding]:
        return self.judged.findings if self.judged else ()

    @cached_property
    def shown_findings(self) -> tuple[FindingView, ...]:
        ordered = words.by_gravity(self.findings)[:MOST_FINDINGS]
        return tuple(
            FindingView(each, _SIGNS[each.severity], parts_of(each.fix), instead_of(each))
            for each in ordered
        )

    @property
    def allowed(self) -> tuple[FindingView, ...]:
        return tuple(each for each in self.shown_findings if each.severity == "allowed")

    @cached_property
    def statements(self) -> tuple[StatementView, ...]:
        found = self.judged.statements[:MOST_STATEMENTS] if self.judged else ()
        timeline = Timeline(self.rehearsed) if self.rehearsed else None
        rehearsal = self.board.review.rehearsal
        return tuple(_statement(each, timeline, rehearsal) for each in found)

    @cached_property
    def rollback(self) -> RollbackClass | None:
        if self.judged is None or self.accepted:
            return None
        kept = self.board.review.kept.get(self.name, ())
        return class_of(self.judged, self.rehearsed, kept=kept)

    @property
    def rollback_words(self) -> str:
        return rollback_sentence(self.rollback) if self.rollback else ""

    @property
    def effect(self) -> str:
        return words.effect(self.judged) if self.judged and self.judged.statements else ""

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The relations it has to do with, as far as its text says."""
        effects = [each.effects for each in self.judged.statements] if self.judged else []
        found = {lock.relation for each in effects for lock in (*each.locks, *each.if_rows)}
        found |= {name for each in effects for name in each.rewrites}
        found |= {each.relation for each in self.findings if each.relation}
        return tuple(sorted(named(each) for each in found))

    @property
    def rolled_out(self) -> tuple[RolloutRow, ...]:
        """The newest rollouts that it was a part of, on every target."""
        found = [row for stand in self.stands for row in stand.rollouts]
        return tuple(sorted(found, key=age_of, reverse=True)[:_MOST_ROLLOUTS])

    @property
    def settled(self) -> bool:
        """Whether it is applied wherever somebody could be asked."""
        asked = [each for each in self.stands if each.target.status.plan is not None]
        return all(each.mark.tone in ("good", "quiet") for each in asked)


def migration_views(
    board: Board, rollouts: dict[str, list[RolloutRow]]
) -> tuple[MigrationView, ...]:
    """Every one that is here or on a target, in order."""
    places = {each.migration.name: n for n, each in enumerate(board.migrations, start=1)}
    return tuple(
        MigrationView(
            board,
            name,
            board.by_name.get(name),
            tuple(_stands(board, name, rollouts.get(name, ()))),
            places.get(name, 0),
        )
        for name in board.names
    )


def _stands(board: Board, name: str, rollouts: Sequence[RolloutRow]) -> Iterator[Stand]:
    for target in board.targets:
        own = tuple(each for each in rollouts if each.target == target.name)
        yield Stand(target, mark_of(target, name), target.standings.get(name), own)


def _statement(
    judged: JudgedStatement, timeline: Timeline | None, rehearsal: Rehearsal | None
) -> StatementView:
    statement, effects = judged.statement, judged.effects
    took = did = ""
    if timeline is not None and rehearsal is not None:
        did = statement_sentence(rehearsal, timeline, statement.index)
        measured = timeline.measured(statement.index)
        took = ms_words(measured.duration_ms) if measured else ""
    locks = [each for each in effects.locks if not each.new]
    return StatementView(
        index=statement.index,
        line=statement.start.line,
        kind=statement.kind,
        locks=tuple(_lock(each) for each in locks[:_MOST_LOCKS]),
        does=tuple(_does(judged)),
        did=did,
        took=took,
    )


def _lock(lock: Lock) -> str:
    return f"{lock.mode.label} on {named(lock.relation)}"


def _does(judged: JudgedStatement) -> Iterator[str]:
    effects = judged.effects
    for verb, names in (
        ("rewrites", effects.rewrites),
        ("reads all of", effects.scans),
        ("rebuilds", effects.rebuilds),
        ("deletes", effects.loses),
    ):
        if names:
            yield f"{verb} {words.listed(map(named, names))}"
    if not effects.transactional:
        yield "runs outside of a transaction"
    if not effects.understood:
        yield "cannot be foreseen"
