"""The rules that look at what a rehearsal found, asked once it is over."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rule import Hit, Rule, name_of
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.rehearsal import Rehearsal, RehearsedMigration
from bot.judge.allowance import PROBLEM_RULE, apply_allowances, read_allowances, unneeded
from bot.judge.context import Settings
from bot.judge.court import Court, Seat
from bot.judge.exclusions import kept_in_general


@dataclass(frozen=True)
class RehearsedContext:
    """One migration, as it was judged and as it was rehearsed."""

    judged: JudgedMigration
    rehearsed: RehearsedMigration
    rehearsal: Rehearsal
    settings: Settings

    def statement(self, index: int | None) -> Statement | None:
        found = (each.statement for each in self.judged.statements if each.statement.index == index)
        return next(found, None)


def with_rehearsal(
    review: Review,
    rehearsal: Rehearsal,
    rules: Sequence[Rule],
    *,
    folder: str,
    today: date,
    severities: Mapping[str, Severity | None] | None = None,
    known: Collection[str] = (),
    exclusions: Mapping[str, Exclusion] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Review:
    """The review with the rehearsal in it, and with what the rules say about that.

    The arguments are those of `judge`; `folder` is where the migrations are.
    """
    settings = Settings(
        configured={type(each): each for each in (options or {}).values()},
        exclusions=exclusions or {},
        today=today,
    )
    bench = _Bench(Court(rules, severities or {}), settings, {*known, *map(name_of, rules)}, folder)
    general = list(bench.about(rehearsal))
    shown = kept_in_general(general, settings.exclusions, folder)
    return replace(
        review,
        rehearsal=rehearsal,
        migrations=tuple(bench.judged(each, rehearsal) for each in review.migrations),
        findings=(*review.findings, *shown),
        left_out=review.left_out + len(general) - len(shown),
    )


class _Bench:
    def __init__(
        self, court: Court, settings: Settings, known: Collection[str], folder: str
    ) -> None:
        self._court = court
        self._settings = settings
        self._known = known
        self._folder = folder

    def about(self, rehearsal: Rehearsal) -> Iterator[Finding]:
        for seat, check in self._court.rehearsal:
            yield from self._court.findings(seat, [*check(rehearsal)], self._folder)

    def judged(self, judged: JudgedMigration, rehearsal: Rehearsal) -> JudgedMigration:
        rehearsed = rehearsal.of(judged.migration.name)
        if rehearsed is None:
            return judged
        context = RehearsedContext(judged, rehearsed, rehearsal, self._settings)
        found = self._with_allowances(list(self._findings(context)), context)
        shown = kept_in_general(found, self._settings.exclusions, self._folder)
        statements = [each.statement for each in judged.statements]
        return replace(
            judged,
            findings=tuple(self._court.sorted((*judged.findings, *shown), statements)),
            excluded=judged.excluded + len(found) - len(shown),
        )

    def _findings(self, context: RehearsedContext) -> Iterator[Finding]:
        for seat, check in self._court.rehearsed:
            for hit in check(context):
                yield from self._placed(seat, hit, context)

    def _placed(self, seat: Seat, said: Hit | str, context: RehearsedContext) -> Iterator[Finding]:
        hit = Hit(said) if isinstance(said, str) else said
        statement = context.statement(hit.statement)
        path = context.judged.migration.path
        for found in self._court.findings(seat, [hit], path):
            if statement is None:
                yield found
                continue
            start, end = statement.start, statement.end
            yield replace(
                found,
                statement=statement.index,
                line=start.line,
                column=start.column,
                end_line=max(start.line, end.line),
            )

    def _with_allowances(
        self, findings: Sequence[Finding], context: RehearsedContext
    ) -> list[Finding]:
        """Those that the file allows marked so; and what it allows for nothing, where all ran."""
        migration = context.judged.migration
        statements = [each.statement for each in context.judged.statements]
        allowances, _ = read_allowances(
            migration.sql, statements, self._known, self._settings.today
        )
        own = [each for each in allowances if each.rule in self._court.about_rehearsals]
        marked, unused = apply_allowances(findings, own)
        severity = self._court.severity(PROBLEM_RULE)
        if severity is None or context.rehearsed.refused is not None:
            return marked
        for each in map(unneeded, unused):
            hit = Hit(each.message, at=each.position)
            marked.append(
                self._court.finding(PROBLEM_RULE, hit, severity=severity, path=migration.path)
            )
        return marked
