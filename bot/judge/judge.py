"""Judging a change: the history is replayed in memory, and the rules look at what is added."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.finding import Finding, Severity
from bot.core.history import Change
from bot.core.migration import Migration
from bot.core.review import JudgedMigration, JudgedStatement, Review
from bot.core.rule import ChangeRule, Hit, Hits, Rule, name_of, reason_of
from bot.core.statement import Position, Script, Statement
from bot.judge.allowance import (
    PROBLEM_RULE,
    Allowance,
    Problem,
    apply_allowances,
    read_allowances,
    unneeded,
)
from bot.judge.catalogue import Catalogue
from bot.judge.context import Context, MigrationContext, MigrationRule, Settings, StatementRule
from bot.judge.effects import effects_of
from bot.judge.replay import replay
from bot.judge.rewriting import with_rewrites
from bot.judge.transactions import atomic, steps_of
from bot.sql.parse import parse
from bot.sql.read import actions_of


def judge(
    change: Change,
    rules: Sequence[Rule],
    *,
    severities: Mapping[str, Severity | None] | None = None,
    postgres: int = 18,
    prisma: str | None = None,
    known: Collection[str] = (),
) -> Review:
    """Judge every migration the change adds, on top of all that come before it.

    `severities` overrides the rules' own; None turns a rule off. `known` are names of rules that
    exist besides the given ones, so that allowing them is no mistake.
    """
    bench = _Bench(rules, severities or {}, Settings(postgres, prisma), known)
    return bench.review(change)


@dataclass(frozen=True)
class _Court:
    """The rules that are on, by what they look at."""

    statement: tuple[StatementRule, ...]
    migration: tuple[MigrationRule, ...]
    change: tuple[ChangeRule, ...]


class _Bench:
    def __init__(
        self,
        rules: Sequence[Rule],
        severities: Mapping[str, Severity | None],
        settings: Settings,
        known: Collection[str],
    ) -> None:
        self._settings = settings
        self._rules = {name_of(rule): rule for rule in rules}
        self._order = {name: place for place, name in enumerate(self._rules)}
        self._severities = {
            name: severities.get(name, rule.SEVERITY) for name, rule in self._rules.items()
        }
        self._known = {*self._rules, *known}
        on = [rule for name, rule in self._rules.items() if self._severities[name] is not None]
        self._court = _Court(
            tuple(each for each in on if isinstance(each, StatementRule)),
            tuple(each for each in on if isinstance(each, MigrationRule)),
            tuple(each for each in on if isinstance(each, ChangeRule)),
        )
        self._names = {id(rule): name for name, rule in self._rules.items()}
        self._reasons = {name: reason_of(rule) for name, rule in self._rules.items()}

    def review(self, change: Change) -> Review:
        added = {each.name for each in change.added}
        general = list(self._about_the_change(change))
        catalogue = Catalogue()
        base: Catalogue | None = None
        first = 0
        judged = []
        for place, migration in enumerate(change.head.migrations):
            if migration.name not in added:
                _replay_all(catalogue, parse(migration.sql), place)
                continue
            if base is None or change.base is None:
                base, first = catalogue.copy(), place
            own = [each for each in general if each.path == migration.path]
            judged.append(
                self._judge(migration, change.head.migrations, catalogue, base, place, first, own)
            )
        paths = {each.migration.path for each in judged}
        return Review(
            postgres=str(self._settings.postgres),
            migrations=tuple(judged),
            findings=tuple(each for each in general if each.path not in paths),
            base=change.base_name if change.base else None,
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
        context = MigrationContext(
            migration=migration,
            script=script,
            steps=steps_of(
                script.statements,
                actions,
                postgres=self._settings.postgres,
                prisma=self._settings.prisma,
            ),
            settings=self._settings,
            history=migrations[:place],
            later=migrations[place + 1 :],
            base=base,
            start=catalogue.copy(),
            catalogue=catalogue,
            fresh_from=first,
        )
        findings = [*own, *self._faults(migration, script)]
        findings += self._about_statements(context, place)
        findings += self._about_the_migration(context)
        return JudgedMigration(
            migration=migration,
            statements=tuple(
                JudgedStatement(step.statement, effects)
                for step, effects in zip(context.steps, context.effects, strict=True)
            ),
            findings=tuple(self._sorted(self._with_allowances(context, findings, place))),
            atomic=atomic(context.steps),
            fault=script.fault,
        )

    def _about_statements(self, file: MigrationContext, place: int) -> Iterator[Finding]:
        for position, step in enumerate(file.steps):
            effects = effects_of(
                step.actions,
                file.catalogue,
                postgres=self._settings.postgres,
                fresh_from=file.fresh_from,
            )
            file.effects.append(effects)
            context = Context(file, position, effects)
            for rule in self._court.statement:
                hits = rule.check(step.statement, context)
                found = list(self._findings(rule, hits, file.migration.path, step.statement))
                found = with_rewrites(found, rule, step.statement, context)
                file.findings.extend(found)
                yield from found
            replay(file.catalogue, step.actions, born=place)

    def _about_the_migration(self, file: MigrationContext) -> Iterator[Finding]:
        if file.script.fault:
            return
        for rule in self._court.migration:
            yield from self._findings(rule, rule.check_migration(file), file.migration.path)

    def _about_the_change(self, change: Change) -> Iterator[Finding]:
        for rule in self._court.change:
            yield from self._findings(rule, rule.check_change(change), change.head.folder)

    def _faults(self, migration: Migration, script: Script) -> Iterator[Finding]:
        """Why a file could not be read. It blocks whatever was configured: nobody looked at it."""
        fault = script.fault
        if fault:
            yield self._finding(
                fault.rule,
                Hit(fault.message, at=fault.position, fix=fault.fix or None),
                severity=Severity.ERROR,
                path=migration.path,
            )

    def _findings(
        self, rule: Rule, hits: Hits, path: str, statement: Statement | None = None
    ) -> Iterator[Finding]:
        name = self._names[id(rule)]
        severity = self._severities[name]
        said: set[tuple[str, Position | None]] = set()
        for each in hits:
            hit = Hit(each) if isinstance(each, str) else each
            if (hit.message, hit.at) in said or severity is None:
                continue
            said.add((hit.message, hit.at))
            found = hit.severity or severity
            yield self._finding(name, hit, severity=found, path=path, statement=statement)

    def _finding(
        self,
        name: str,
        hit: Hit,
        *,
        severity: Severity,
        path: str,
        statement: Statement | None = None,
    ) -> Finding:
        rule = self._rules.get(name)
        at = hit.at or (statement.start if statement else Position(1, 1))
        return Finding(
            rule=name,
            severity=severity,
            message=hit.message,
            why=self._reasons.get(name, ""),
            fix=hit.fix or (rule.FIX if rule else ""),
            path=hit.path or path,
            line=at.line,
            column=at.column,
            end_line=max(at.line, statement.end.line) if statement else at.line,
            statement=statement.index if statement else None,
        )

    def _with_allowances(
        self, context: MigrationContext, findings: Sequence[Finding], place: int
    ) -> Iterator[Finding]:
        if context.script.fault:
            yield from findings
            return
        statements = context.script.statements
        off = {name for name, severity in self._severities.items() if severity is None}
        silent = off | (self._known - self._rules.keys())
        sql = context.migration.sql
        allowances, problems = read_allowances(sql, statements, self._known)
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
            context, catalogue=context.start.copy(), fresh_from=place, effects=[], findings=[]
        )
        findings = list(self._about_statements(alone, place))
        return [each for each in idle if not any(map(each.covers, findings))]

    def _problems(self, problems: Sequence[Problem], path: str) -> Iterator[Finding]:
        severity = self._severities.get(PROBLEM_RULE)
        for each in problems if severity else ():
            assert severity is not None
            hit = Hit(each.message, at=each.position)
            yield self._finding(PROBLEM_RULE, hit, severity=severity, path=path)

    def _sorted(self, findings: Iterator[Finding]) -> list[Finding]:
        last = len(self._order)
        return sorted(
            findings,
            key=lambda each: (each.line, each.column, self._order.get(each.rule, last)),
        )


def _replay_all(catalogue: Catalogue, script: Script, place: int) -> None:
    for statement in script.statements:
        replay(catalogue, actions_of(statement), born=place)
