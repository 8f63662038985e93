"""What a restore would do, from what is there now. Nothing is changed, and nothing is locked."""

from collections.abc import Iterator

from bot.core.backups.backup import Manifest, StoredBackup
from bot.core.quoting import quoted
from bot.core.rehearsals.sizes import size_text
from bot.core.restores.loss import loss_of
from bot.core.restores.plan import How, RestorePlan
from bot.core.restores.scene import Scene
from bot.errors import PostgresError
from bot.restoring.order import Order
from bot.restoring.refusing import require_able, require_its_own, way_of
from bot.world import World
from bot.world.restoring import Restoring, Site


def plan_restore(order: Order, world: World) -> RestorePlan:
    """Raises BackupError, PostgresError or UsageError for what cannot be carried out."""
    stored = found(order, world)
    world.console.say(f"looking at {order.target.name}, and counting its rows")
    with restoring_of(world).at(order.target) as site:
        return plan_for(order, stored.manifest, site)


def plan_for(order: Order, manifest: Manifest, site: Site) -> RestorePlan:
    """The same at an open site; asked once more under the lock."""
    facts = site.facts()
    if facts is not None:
        _require_primary(facts.in_recovery, order)
        order.require(facts)
    scene = site.scene()
    require_its_own(manifest, scene, order)
    require_able(manifest, scene, order)
    how = way_of(scene, order)
    return RestorePlan(
        source=order.source.name,
        target=order.target.name,
        kind=order.target.kind,
        manifest=manifest,
        how=how,
        scene=scene,
        loss=loss_of(manifest, scene),
        gates=order.gates(),
        notes=tuple(_notes(manifest, scene, how, order)),
        without_backup=order.without_backup,
    )


def found(order: Order, world: World) -> StoredBackup:
    """Raises BackupError if there is no such backup, or several that begin so."""
    return world.backups.find(order.source, order.backup)


def restoring_of(world: World) -> Restoring:
    assert world.restoring is not None
    return world.restoring


def _require_primary(in_recovery: bool, order: Order) -> None:
    if in_recovery:
        raise PostgresError(
            f"{order.target.name} leads to a standby.",
            hint=f"Let {order.target.url_env} lead to the primary.",
        )


def _notes(manifest: Manifest, scene: Scene, how: How, order: Order) -> Iterator[str]:
    if scene.problem:
        yield f"The database cannot be read: {scene.problem}"
    if how is How.SWAP:
        size = size_text(manifest.database_size or scene.size)
        yield f"For a while the server needs {size} more disk: see that it has them."
    if how is How.SWAP and scene.slots:
        yield (
            f"Logical replication slots stay with the old database: {', '.join(scene.slots)}. Make "
            "them anew, and let what follows them begin anew."
        )
    if how is How.SWAP and scene.subscriptions:
        yield (
            f"Subscriptions go on in the old database: {', '.join(scene.subscriptions)}. They keep "
            "taking what is published, which the restored one then lacks. Afterwards stop each in "
            "the database that is kept: "
            + " ".join(
                f"ALTER SUBSCRIPTION {quoted(each)} DISABLE;" for each in scene.subscriptions
            )
        )
    if how is How.LOAD:
        yield (
            "It is loaded in one transaction: until it ends, whoever wants a table waits. What is "
            "written after the backup that is taken first, and before that, is lost: stop whoever "
            "writes. "
            + (scene.may_not_swap and f"It is not swapped, because {scene.may_not_swap}.")
        ).strip()
    if not order.owners:
        yield f"Everything will belong to {scene.role}, and nothing will be granted to others."
    if scene.leftovers:
        yield f"Left behind by a killed restore, and removed first: {', '.join(scene.leftovers)}."
    if scene.kept:
        yield f"Kept by earlier restores, and still there: {', '.join(scene.kept)}."
