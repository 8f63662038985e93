"""`restore`: what is asked of its order, and what is written down of it."""

from bot.core.backups.sources import PgBaseBackup
from bot.core.restores.outcome import Restored
from bot.core.restores.plan import How, RestorePlan
from bot.core.restores.point_in_time import PointInTime, WayBack, point_in_time, way_back
from bot.core.targets.target import Target
from bot.errors import BotError, UsageError
from bot.flows.gating.gates import gates_of_the_clock
from bot.flows.targets.backups import require_as_written_down
from bot.flows.telling.restored import keep_restore, records_of
from bot.restoring.order import Order
from bot.restoring.planning import found
from bot.restoring.procedure import restore
from bot.rollout.preflight.identity import require_identity
from bot.world import World


def order_for(
    target: Target,
    backup: str,
    world: World,
    *,
    into: str | None = None,
    how: How | None = None,
    of_another: bool = False,
    owners: bool = True,
    without_backup: str = "",
) -> Order:
    """Raises UsageError for a fleet, or a target that is not configured."""
    given = world.settings.target(into) if into else target
    for each in (target, given):
        if each.fleet is not None:
            raise UsageError(
                f"{each.name} is a fleet: a backup is put back into one database.",
                hint="Give the tenant a target of its own, with `url_env`, and restore into that.",
            )
    return Order(
        source=target,
        target=given,
        backup=backup,
        how=how,
        of_another=of_another,
        owners=owners,
        without_backup=without_backup,
        require=lambda facts: require_identity(facts, given),
        gates=lambda: gates_of_the_clock(given, world),
    )


def way_back_for(order: Order, world: World) -> tuple[PointInTime, WayBack] | None:
    """Where the target's recovery points are kept elsewhere, or are copies of a whole cluster; None
    where its backups are dumps.

    Raises UsageError if what was asked for is no moment, BackupError for a copy that is not there.
    """
    source = order.source.backup.source
    if not order.source.backup.elsewhere and not isinstance(source, PgBaseBackup):
        return None
    point = point_in_time(order.backup)
    if point.label and isinstance(source, PgBaseBackup):
        stored = world.backups.find(order.source, order.backup)
        point = PointInTime(copy=str(stored.place or f"{stored.location}/{stored.manifest.id}"))
    way = way_back(source, point)
    return (point, way) if way else None


def require_restorable(
    order: Order, agreed: RestorePlan, world: World, *, digest: str | None = None
) -> None:
    """What can be told before anybody has to agree: raises BrokenBackup for a backup that is not
    the one that was written down when it was taken, or lacks files; UsageError without a key.

    `digest` is what was written down; without it, the target's audit is asked."""
    if not require_as_written_down(agreed.manifest, order.source, world, digest=digest):
        world.console.say(
            f"nobody has written the digest of {agreed.manifest.id} down: whoever may write to "
            "where it is kept could have put another in its place; give --digest if you have it"
        )
    world.backups.require_openable(found(order, world))


def carry_out(order: Order, agreed: RestorePlan, world: World) -> Restored:
    """Restore, and write down how that ended."""
    before = records_of(order.target, world) if order.target.audit_rows else ()
    try:
        restored = restore(order, agreed, world)
    except BotError as error:
        keep_restore(order.target, agreed, world, error=error)
        raise
    keep_restore(order.target, restored.plan, world, restored=restored, before=before)
    return restored
