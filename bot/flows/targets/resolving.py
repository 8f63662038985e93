"""`resolve`: one migration marked by hand, under the migration lock, as Prisma would mark it."""

from collections.abc import Callable, Sequence

from bot.core.migrations.history import History
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.resolution import (
    Mark,
    Resolved,
    is_failed,
    plain_name,
    require_folder,
    require_unapplied,
)
from bot.core.rollouts.status import Halt
from bot.core.targets.target import Target
from bot.flows.targets.standing import details_of, halts_of
from bot.rollout.preflight.agreement import plan_of
from bot.rollout.preflight.ready import require_ready
from bot.world import Database, World

Rows = Sequence[AppliedMigration]


def resolve_applied(target: Target, given: str, world: World) -> Resolved:
    """Say that a migration is applied, whoever applied it: nothing is run.

    Raises UsageError if the history has no such migration, HistoryError if it is applied already.
    """
    history, name = world.checkout.history(), plain_name(given)
    migration = require_folder(name, history)

    def mark(database: Database, rows: Rows) -> bool:
        require_unapplied(target.name, name, rows)
        database.resolve(applied=[migration])
        return True

    return _resolved(name, Mark.APPLIED, mark, target, history, world)


def resolve_rolled_back(target: Target, given: str, world: World) -> Resolved:
    """Say that nothing of a failed migration is left, so that it is applied again.

    It needs no folder. Raises HistoryError if it was never begun, or is applied.
    """
    name = plain_name(given)

    def mark(database: Database, rows: Rows) -> bool:
        failed = is_failed(target.name, name, rows)
        if failed:
            database.resolve(rolled_back=[name])
        return failed

    return _resolved(name, Mark.ROLLED_BACK, mark, target, world.checkout.history(), world)


def _resolved(
    name: str,
    mark: Mark,
    write: Callable[[Database, Rows], bool],
    target: Target,
    history: History,
    world: World,
) -> Resolved:
    with world.connect(target) as database:
        require_ready(database.facts(), target)
        with database.exclusively(world.console.say) as rows:
            halt = _halt_of(name, rows, history, world)
            changed = write(database, rows)
            plan = plan_of(target, history, database)
    return Resolved(name, mark, plan, changed, halt, details_of(plan, history, world))


def _halt_of(name: str, rows: Rows, history: History, world: World) -> Halt | None:
    before = make_plan("", history.migrations, rows)
    own = [each for each in before.standings if each.name == name]
    return halts_of(own, history, world).get(name)
