"""`baseline`: a database that was there before its history, told which migrations it has."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.drift.deviation import stopping_lines
from bot.core.drift.policy import DriftPolicy
from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.resolution import Baseline, SchemaCheck, plain_name, require_folder, to_mark
from bot.core.targets.target import Target
from bot.errors import HistoryError, UsageError
from bot.flows.reviewing.history import history_of
from bot.flows.reviewing.rehearsal_order import schema_order
from bot.flows.targets.standing import details_of, forecast
from bot.rollout.preflight.agreement import plan_of
from bot.rollout.preflight.identity import mark_to_leave, write_mark
from bot.rollout.preflight.ready import require_ready
from bot.world import Database, World

Agree = Callable[[Baseline], bool]


def look_ahead(target: Target, to: str, world: World) -> Baseline:
    """What a baseline would mark, and whether the schema has it; nothing is written or locked.

    Raises UsageError if there is no such migration, HistoryError if rows say something else.
    """
    history = history_of(world)
    last = require_folder(plain_name(to), history).name
    with world.connect(target) as database:
        plan = forecast(target, history, database)
        marked = to_mark(plan, history, last)
        found = _baseline(target, last, marked, plan)
        if not marked:
            return found
        return replace(found, check=_check(marked, plan, history, database, world))


def baseline(target: Target, to: str, world: World, agree: Agree) -> Baseline:
    """Mark everything up to `to` as applied, in one transaction.

    `agree` is asked where the schema differs, or could not be compared; without its consent
    nothing is written. Raises what `look_ahead` raises, and HistoryError if the rows changed while
    somebody was thinking (the lock is not held that long) or another target is the same database.
    """
    found = look_ahead(target, to, world)
    if not found.marked or not (found.check.same or agree(found)):
        return found
    history = history_of(world)
    with world.connect(target) as database:
        facts = database.facts()
        require_ready(facts, target)
        with database.exclusively(world.console.say) as rows:
            before = plan_of(target, history, database, rows)
            if to_mark(before, history, found.to) != found.marked:
                raise _changed(target)
            mark = mark_to_leave(facts, target, world, world.console.say)
            database.resolve(applied=found.marked)
            # Afterwards: rows without a mark do no harm, a migrations table without rows does.
            write_mark(mark, database, world.console.say)
            plan = plan_of(target, history, database)
    details = details_of(plan, history, world)
    return replace(found, plan=plan, done=True, details=details)


def _baseline(target: Target, to: str, marked: tuple[Migration, ...], plan: Plan) -> Baseline:
    squashed = plan.squash is not None and plan.squash in {each.name for each in marked}
    return Baseline(
        target=target.name,
        to=to,
        marked=marked,
        plan=plan,
        known=sum(1 for each in plan.standings if each.path and each.finished),
        replaced=plan.missing if squashed else (),
    )


def _check(
    marked: Sequence[Migration], plan: Plan, history: History, database: Database, world: World
) -> SchemaCheck:
    """The target's schema beside what all make that is recorded already, or would be."""
    if world.schemas is None:
        return SchemaCheck(problem="There is no PostgreSQL here to run the history on.")
    names = {each.name for each in marked} | _recorded(plan)
    wanted = [each for each in history.migrations if each.name in names]
    facts, schema = database.facts(), database.schema
    try:
        order = schema_order(wanted, (), world.settings, postgres=facts.major, schema=schema)
    except UsageError as error:
        return SchemaCheck(problem=error.message)
    with world.console.waiting("comparing the schema with what these migrations make"):
        expected = world.schemas.expected(order, world.console.say)
    if expected.problem:
        return SchemaCheck(problem=expected.problem)
    schemas = expected.schemas(schema)
    found = stopping_lines(
        expected.after,
        database.shape(schemas),
        DriftPolicy(),
        schemas=schemas,
        across_majors=expected.major != facts.major,
    )
    return SchemaCheck(found)


def _recorded(plan: Plan) -> set[str]:
    return {each.name for each in plan.standings if each.finished}


def _changed(target: Target) -> HistoryError:
    return HistoryError(
        f"The migrations table of {target.name} was changed by somebody else in the meantime.",
        hint="Nothing was marked. Look at `migration-bot status` and run this again.",
    )
