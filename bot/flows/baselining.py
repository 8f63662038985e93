"""`baseline`: a database that was there before its history, told which migrations it has."""

from collections.abc import Callable
from dataclasses import replace

from bot.core.history import History
from bot.core.migration import Migration
from bot.core.plan import Plan, make_plan
from bot.core.resolution import Baseline, SchemaCheck, plain_name, require_folder, to_mark
from bot.core.target import Target
from bot.errors import HistoryError, PostgresError, UsageError
from bot.flows.rollout import history_of
from bot.flows.standing import details_of, forecast
from bot.rollout.preflight import require_writable
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
    return replace(found, check=_check(target, plan, marked, world)) if marked else found


def baseline(target: Target, to: str, world: World, agree: Agree) -> Baseline:
    """Mark everything up to `to` as applied, in one transaction.

    `agree` is asked where the schema differs, or could not be compared; without its consent
    nothing is written. Raises what `look_ahead` raises, and HistoryError if the rows changed while
    somebody was thinking: the lock is not held that long.
    """
    found = look_ahead(target, to, world)
    if not found.marked or not (found.check.same or agree(found)):
        return found
    history = history_of(world)
    with world.connect(target) as database:
        require_writable(database.facts(), target)
        with database.exclusively(world.console.say):
            before = _plan(target, history, database)
            if to_mark(before, history, found.to) != found.marked:
                raise _changed(target)
            database.resolve(applied=found.marked)
            plan = _plan(target, history, database)
    details = details_of(plan, history, world)
    return replace(found, plan=plan, done=True, details=details)


def _plan(target: Target, history: History, database: Database) -> Plan:
    rows = database.applied()
    unbaselined = database.unbaselined()
    return make_plan(target.name, history.migrations, rows, unbaselined=unbaselined)


def _baseline(target: Target, to: str, marked: tuple[Migration, ...], plan: Plan) -> Baseline:
    squashed = plan.squash is not None and plan.squash in {each.name for each in marked}
    return Baseline(
        target=target.name,
        to=to,
        marked=marked,
        plan=plan,
        known=sum(1 for each in plan.standings if each.path and each.row and each.row.finished),
        replaced=plan.missing if squashed else (),
    )


def _check(target: Target, plan: Plan, marked: tuple[Migration, ...], world: World) -> SchemaCheck:
    """Against what is recorded already, and what would be."""
    if world.schemas is None:
        return SchemaCheck(problem="there is no server to make the expected schema on")
    recorded = {each.name for each in plan.standings if each.row and each.row.finished}
    wanted = recorded | {each.name for each in marked}
    try:
        with world.console.waiting("comparing the schema with what the migrations make"):
            return SchemaCheck(world.schemas.differences(target, wanted, world.console.say))
    except (PostgresError, UsageError) as error:
        return SchemaCheck(problem=error.message)


def _changed(target: Target) -> HistoryError:
    return HistoryError(
        f"The migrations table of {target.name} was changed by somebody else in the meantime.",
        hint="Nothing was marked. Look at `migration-bot status` and run this again.",
    )
