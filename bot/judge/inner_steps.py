"""The statements of the code that a statement runs, for rules to be asked about one by one."""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.findings.finding import Finding
from bot.core.migrations.statement import Statement
from bot.judge.code import ELSEWHERE, Run, runs
from bot.judge.context import Context, MigrationContext
from bot.judge.effects.effects import effects_of
from bot.judge.timeline import Step


def inner_contexts(file: MigrationContext, position: int) -> Iterator[tuple[Step, Context, Run]]:
    """The statement by itself, then each one inside, with the schema as it is when it runs.

    Whoever goes through them must replay each before the next.
    """
    outer, whole = file.steps[position], file.effects[position]
    for run in runs(outer.actions, file.catalogue):
        own = effects_of(
            run.actions,
            file.catalogue,
            postgres=file.settings.postgres,
            fresh_from=file.fresh_from,
            alone=True,
        )
        effects = replace(
            own,
            transactional=whole.transactional,
            understood=own.understood if run.inside else whole.understood,
            conditional=run.conditional if run.inside else whole.conditional,
        )
        statement = run.inside or outer.statement
        if statement.index == ELSEWHERE:
            place = outer.statement
            statement = replace(statement, index=place.index, start=place.start, end=place.end)
        step = replace(outer, statement=statement, actions=run.actions)
        if run.inside or run.actions:
            yield step, Context(file, position, effects, inside=step), run


def within_limits(finding: Finding, outer: Statement) -> Finding:
    """The same finding at a place of its statement: code that is called stands elsewhere."""
    if outer.start.line <= finding.line <= finding.end_line <= outer.end.line:
        return finding
    start, end = outer.start, outer.end
    return replace(finding, line=start.line, column=start.column, end_line=end.line)
