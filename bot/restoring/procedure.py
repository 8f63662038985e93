"""The procedure: open the backup, lock, look again, back up what is there, restore, verify.

It shares no code with a rollout. Before the backup has its place, the target is as it was; from
then on it is as the backup has it; whatever kills us, there is nothing between.
"""

from bot.core.migrations.migration import AppliedMigration, sort_key
from bot.core.restores.outcome import Restored, Step
from bot.core.restores.plan import How, RestorePlan
from bot.core.rollouts.progress import BackupSummary
from bot.errors import BackupError, BotError, HistoryError
from bot.restoring.order import Order
from bot.restoring.planning import found, plan_for, restoring_of
from bot.world import World
from bot.world.restoring import Site


def restore(order: Order, agreed: RestorePlan, world: World) -> Restored:
    """Carry out what was agreed to. Raises BotError, whose message says that the target is as it
    was, or that it is restored and something is wrong afterwards."""
    started = world.now()
    stored = found(order, world)
    if stored.manifest.digest != agreed.manifest.digest:
        raise _changed(order)
    with (
        world.backups.opened(stored, world.console.say) as place,
        restoring_of(world).at(order.target) as site,
        site.exclusively(world.console.say),
    ):
        order.heard(Step.LOCKED)
        plan = plan_for(order, stored.manifest, site)
        if plan.how is not agreed.how:
            raise _changed(order)
        backup = _back_up(order, plan, world)
        order.heard(Step.BACKED_UP)
        swept = _swept(site, world)
        order.heard(Step.SWEPT)
        world.console.say(_beginning(plan))
        put = site.put(
            stored.manifest,
            place,
            plan.how,
            owners=order.owners,
            note=world.console.say,
            heard=order.heard,
        )
    pending, problems = _verified(order, plan, world)
    order.heard(Step.VERIFIED)
    seconds = (world.now() - started).total_seconds()
    return Restored(plan, put, seconds, backup, swept, pending, problems)


def _back_up(order: Order, plan: RestorePlan, world: World) -> BackupSummary | None:
    """Of what is going to be gone."""
    if order.without_backup or not plan.scene.there:
        return None
    try:
        return world.backups.take(order.target, world.console.say)
    except BackupError as error:
        raise BackupError(
            f"What is in {order.target.name} now could not be backed up, so nothing was restored: "
            f"{error.message}",
            hint=f"{error.hint} If the database is past mending: --without-backup REASON.",
        ) from None


def _swept(site: Site, world: World) -> tuple[str, ...]:
    swept = site.sweep()
    for name in swept:
        world.console.say(f"removed {name}, which a killed restore had left behind")
    return swept


def _beginning(plan: RestorePlan) -> str:
    where = "beside the database" if plan.how is How.SWAP else "in one transaction"
    return f"restoring the backup {plan.manifest.id} {where}"


def _verified(
    order: Order, plan: RestorePlan, world: World
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is pending again, and what is not as it should be, now that everybody can see it."""
    try:
        with world.connect(order.target) as database:
            rows = database.applied()
    except BotError as error:
        return plan.loss.migrations or (), (f"It could not be looked at: {error.message}",)
    head = max((each.name for each in rows if each.finished), key=sort_key, default=None)
    wrong = plan.manifest.migration_head
    problems = () if head == wrong else (f"The last applied migration is {head}, not {wrong}.",)
    return _pending_again(plan.scene.applied or (), rows), problems


def _pending_again(
    before: tuple[AppliedMigration, ...], after: tuple[AppliedMigration, ...]
) -> tuple[str, ...]:
    done = {each.name for each in after if each.finished}
    names = {each.name for each in before if each.finished} - done
    return tuple(sorted(names, key=sort_key))


def _changed(order: Order) -> HistoryError:
    return HistoryError(
        f"{order.target.name} is no longer as it was when this restore was agreed to.",
        hint="Run the same command again: it shows what it would do now.",
    )
