"""Judging a change: the history is replayed in memory, and the rules look at what is added."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.findings.rule import Hit, Rule
from bot.core.migrations.history import Change
from bot.core.migrations.migration import Migration
from bot.core.migrations.statement import Script
from bot.core.rehearsals.sizes import Sizes
from bot.judge.allowance import (
    PROBLEM_RULE,
    Allowance,
    Problem,
    apply_allowances,
    read_allowances,
    unneeded,
)
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.caveats.caveats import caveats_of
from bot.judge.code import runs_code
from bot.judge.context import Context, HistoryContext, MigrationContext, Settings
from bot.judge.court import Court
from bot.judge.effects.effects import effects_of
from bot.judge.exclusions import kept, kept_in_general
from bot.judge.inner_steps import inner_contexts, within_limits
from bot.judge.replay.replay import replay, replay_one
from bot.judge.rewriting import with_rewrites
from bot.judge.sizes import Scales, note_of, scales_of, weighed
from bot.judge.timeline import Step
from bot.judge.transactions import atomic, atomic_under, steps_of
from bot.sql.batching import batched_in
from bot.sql.parse import parse, parse_to_replay
from bot.sql.read import actions_of


def judge(
    change: Change,
    rules: Sequence[Rule],
    *,
    severities: Mapping[str, Severity | None] | None = None,
    postgres: int = 18,
    prisma: str | None = None,
    known: Collection[str] = (),
    exclusions: Mapping[str, Exclusion] | None = None,
    options: Mapping[str, Any] | None = None,
    sizes: Sizes | None = None,
    each: Callable[[], None] | None = None,
) -> Review:
    """Judge every migration the change adds, on top of all that come before it.

    `severities` overrides the rules' own; None turns a rule off. `known` are names of rules that
    exist besides the given ones, so that allowing them is no mistake. `exclusions` say where rules
    are not looked for, `options` are their settings, both by rule. `sizes` are those of the target
    that findings are weighed for. `each` is called after every migration that was read.
    """
    settings = Settings(
        postgres,
        prisma,
        configured={type(one): one for one in (options or {}).values()},
        exclusions=exclusions or {},
        today=change.now.date(),
        project=change.head.project,
    )
    severities = severities or {}
    scales = scales_of(sizes, rules, fixed=severities, now=change.now)
    return _Bench(rules, severities, settings, known, scales).review(change, each)


def _counted(
    migrations: Sequence[Migration], each: Callable[[], None] | None
) -> Iterator[Migration]:
    for migration in migrations:
        yield migration
        if each is not None:
            each()


class _Bench:
    def __init__(
        self,
        rules: Sequence[Rule],
        severities: Mapping[str, Severity | None],
        settings: Settings,
        known: Collection[str],
        scales: Scales | None = None,
    ) -> None:
        self._settings = settings
        self._scales = scales
        self._court = Court(rules, severities)
        self._known = {*self._court.names, *known}

    def review(self, change: Change, each_read: Callable[[], None] | None) -> Review:
        added = {each.name for each in change.added}
        general = list(self._about_the_change(change))
        catalogue = Catalogue()
        base: Catalogue | None = None
        first = 0
        judged = []
        for place, migration in enumerate(_counted(change.head.migrations, each_read)):
            if migration.name not in added:
                _replay_all(catalogue, parse_to_replay(migration.sql), place)
                continue
            if base is None or change.base is None:
                base, first = catalogue.copy(), place
            own = [each for each in general if each.path == migration.path]
            judged.append(
                self._judge(migration, change.head.migrations, catalogue, base, place, first, own)
            )
        paths = {each.migration.path for each in judged}
        elsewhere = [each for each in general if each.path not in paths]
        elsewhere += self._about_the_schema(change, base, catalogue, judged)
        shown = kept_in_general(elsewhere, self._settings.exclusions, change.head.folder)
        return Review(
            postgres=str(self._settings.postgres),
            migrations=tuple(judged),
            findings=tuple(shown),
            base=change.base_name if change.base else None,
            baseline=change.baseline,
            accepted=len(change.accepted),
            left_out=len(elsewhere) - len(shown),
            sizes=note_of(self._scales),
        )

    def _judge(
        self,
        migration: Migration,
        migrations: Sequence[Migration],
        catalogue: Catalogue,
        base: Catalogue,
        place: int,
        first: int,
        own: Sequence[Finding],
    ) -> JudgedMigration:
        script = parse(migration.sql)
        actions = [actions_of(each) for each in script.statements]
        batched = batched_in(migration.sql, script.statements)
        context = MigrationContext(
            migration=migration,
            script=script,
            steps=steps_of(
                script.statements,
                actions,
                postgres=self._settings.postgres,
                prisma=self._settings.prisma,
                batched=batched,
            ),
            settings=self._settings,
            history=migrations[:place],
            later=migrations[place + 1 :],
            base=base,
            # The base of a migration that is judged by itself is what it starts from.
            start=base if place == first else catalogue.copy(),
            catalogue=catalogue,
            fresh_from=first,
        )
        findings = [*own, *self._faults(migration, script)]
        findings += self._about_statements(context, place)
        findings += self._about_the_migration(context)
        findings = weighed(findings, context, self._scales)
        marked = self._with_allowances(context, findings, place)
        findings = self._court.sorted(marked, script.statements)
        shown = kept(findings, self._settings.exclusions, context)
        return JudgedMigration(
            migration=migration,
            statements=tuple(
                JudgedStatement(step.statement, effects, caveats)
                for step, effects, caveats in zip(
                    context.steps, context.effects, context.caveats, strict=True
                )
            ),
            findings=tuple(shown),
            atomic=atomic(context.steps),
            atomic_under=atomic_under(context.steps, batched=bool(batched)),
            fault=script.fault,
            excluded=len(findings) - len(shown),
        )

    def _about_statements(self, file: MigrationContext, place: int) -> Iterator[Finding]:
        for position, step in enumerate(file.steps):
            fresh, postgres = file.fresh_from, self._settings.postgres
            effects = effects_of(step.actions, file.catalogue, postgres=postgres, fresh_from=fresh)
            file.effects.append(effects)
            file.caveats.append(
                caveats_of(step.statement, step.actions, file.catalogue, fresh_from=fresh)
            )
            if runs_code(step.actions, file.catalogue):
                found = self._about_code(file, position, place)
            else:
                found = self._about(step, Context(file, position, effects))
                replay(file.catalogue, step.actions, born=place)
            file.findings.extend(found)
            yield from found

    def _about(self, step: Step, context: Context) -> list[Finding]:
        found: list[Finding] = []
        path = context.file.migration.path
        for seat, check in self._court.about(step):
            hits = [*check(step.statement, context)]
            if hits:
                said = [*self._court.findings(seat, hits, path, step)]
                found += with_rewrites(said, seat.rule, step.statement, context)
        return found

    def _about_code(self, file: MigrationContext, position: int, place: int) -> list[Finding]:
        """What is said of a statement that runs code, and of each statement of the code.

        What is said of both is said inside, where it can be seen.
        """
        outer, within = [], []
        for step, context, run in inner_contexts(file, position):
            found = self._about(step, context)
            if run.inside:
                within += [within_limits(each, file.steps[position].statement) for each in found]
            else:
                outer += found
            for action in () if run.handler else run.actions:
                replay_one(file.catalogue, action, born=place)
        said = {(each.rule, each.message) for each in within}
        return [*(each for each in outer if (each.rule, each.message) not in said), *within]

    def _about_the_migration(self, file: MigrationContext) -> Iterator[Finding]:
        if file.script.fault:
            return
        for seat, check in self._court.migration:
            yield from self._court.findings(seat, [*check(file)], file.migration.path)

    def _about_the_change(self, change: Change) -> Iterator[Finding]:
        for seat, check in self._court.change:
            yield from self._court.findings(seat, [*check(change)], change.head.folder)

    def _about_the_schema(
        self,
        change: Change,
        before: Catalogue | None,
        after: Catalogue,
        judged: Sequence[JudgedMigration],
    ) -> Iterator[Finding]:
        """`before` is the base's schema; None if the change adds nothing to it."""
        base = (before or after) if change.base else Catalogue()
        opaque = (change.base is None and bool(change.accepted)) or any(
            each.fault or not all(one.effects.understood for one in each.statements)
            for each in judged
        )
        context = HistoryContext(change, self._settings, before=base, after=after, opaque=opaque)
        for seat, check in self._court.history:
            yield from self._court.findings(seat, [*check(context)], change.head.folder)

    def _faults(self, migration: Migration, script: Script) -> Iterator[Finding]:
        """Why a file could not be read. It blocks whatever was configured: nobody looked at it."""
        fault = script.fault
        if fault:
            yield self._court.finding(
                fault.rule,
                Hit(fault.message, at=fault.position, fix=fault.fix or None),
                severity=Severity.ERROR,
                path=migration.path,
            )

    def _with_allowances(
        self, context: MigrationContext, findings: Sequence[Finding], place: int
    ) -> Iterator[Finding]:
        if context.script.fault:
            yield from findings
            return
        statements = context.script.statements
        silent = self._court.silent | self._court.about_rehearsals
        silent |= self._known - set(self._court.names)
        sql = context.migration.sql
        allowances, problems = read_allowances(sql, statements, self._known, self._settings.today)
        marked, unused = apply_allowances(findings, allowances)
        idle = [each for each in unused if each.rule not in silent]
        problems += [unneeded(each) for each in self._idle_alone(context, idle, place)]
        yield from marked
        yield from self._problems(problems, context.migration.path)

    def _idle_alone(
        self, context: MigrationContext, idle: Sequence[Allowance], place: int
    ) -> Sequence[Allowance]:
        """Those that nothing would need either if the migration were judged by itself.

        In a pull request with several migrations, what an earlier one creates is new to a later
        one; once the earlier one is merged, or when all are judged, it is not.
        """
        if not idle or context.fresh_from == place:
            return idle
        alone = replace(
            context,
            catalogue=context.start.copy(),
            fresh_from=place,
            effects=[],
            caveats=[],
            findings=[],
        )
        findings = list(self._about_statements(alone, place))
        return [each for each in idle if not any(map(each.covers, findings))]

    def _problems(self, problems: Sequence[Problem], path: str) -> Iterator[Finding]:
        severity = self._court.severity(PROBLEM_RULE)
        for each in problems if severity else ():
            assert severity is not None
            hit = Hit(each.message, at=each.position)
            yield self._court.finding(PROBLEM_RULE, hit, severity=severity, path=path)


def _replay_all(catalogue: Catalogue, script: Script, place: int) -> None:
    for statement in script.statements:
        replay(catalogue, actions_of(statement), born=place)
