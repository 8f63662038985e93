"""Looking after the backups of a target: which there are, whether they hold, which may go."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

from bot.core.backups.backup import Manifest, Proof, StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.retention import Needed, Pruned, needed_for
from bot.core.targets.target import Target
from bot.errors import BackupError, BotError, BrokenBackup
from bot.world import Database, World

# Rows of the audit are read for the digest of one backup.
_ROWS = 1000


def require_files(target: Target) -> None:
    """Raises BackupError for a target whose recovery points somebody else keeps."""
    if target.backup.elsewhere:
        raise BackupError(
            f"{target.name} has recovery points that its provider keeps, and no files of ours.",
            hint="Look at them with the provider's own tools.",
        )


def verify(
    target: Target, id: str | None, level: Level | None, digest: str | None, world: World
) -> tuple[StoredBackup, Proof]:
    """The newest without an `id`. Raises BrokenBackup for one that cannot be relied on.

    `digest` is what was written down when it was taken; without it, the target's audit is asked.
    """
    require_files(target)
    backups = world.backups
    with world.console.waiting(f"looking for the backup of {target.name}"):
        stored = backups.find(target, id) if id is not None else backups.newest(target)
    if not require_as_written_down(stored.manifest, target, world, digest=digest):
        world.console.say(
            f"backup {stored.manifest.id}: nobody has written its digest down, so only its own "
            "manifest says what it must hold; give --digest if you have it"
        )
    with world.console.waiting(f"verifying the backup {stored.manifest.id}"):
        proof = backups.verify(stored, level or _reachable(target, stored), world.console.say)
    return stored, proof


def prune(target: Target, world: World, *, dry: bool) -> Pruned:
    """Asks the target first what it needs: without an answer nothing is removed."""
    require_files(target)
    with world.console.waiting(f"looking through the backups of {target.name}"):
        return world.backups.prune(target, world.now(), dry=dry, needed=_needed(target, world))


def _reachable(target: Target, stored: StoredBackup) -> Level:
    """What the target asks for, or as much as the backup was taken for."""
    wanted, able = target.backup.level, stored.manifest.level
    return wanted if able.reaches(wanted) else able


def require_as_written_down(
    manifest: Manifest, target: Target, world: World, *, digest: str | None = None
) -> bool:
    """Whether anybody knows the digest that it had. Raises BrokenBackup if that was another."""
    known = digest if digest is not None else _from_audit(manifest.id, target, world)
    if known is not None and known != manifest.digest:
        raise BrokenBackup(
            f"The backup {manifest.id} has another manifest than when it was taken: "
            f"{manifest.digest} and not {known}.",
            hint="Do not use it: it was changed, or is another one under its name. Take a new "
            "backup, and find out what touched this one.",
        )
    return known is not None


def _from_audit(id: str, target: Target, world: World) -> str | None:
    """What a rollout has left in the target; None if it did not, or cannot be asked."""
    if target.fleet is not None or not target.is_set(world.environ):
        return None
    try:
        with world.connect(target) as database:
            records = database.records(_ROWS)
    except BotError as error:
        world.console.say(f"{target.name} cannot be asked for the digest: {error.message}")
        return None
    for each in records:
        backup = each.record.get("backup")
        if isinstance(backup, Mapping) and backup.get("id") == id and backup.get("digest"):
            return str(backup["digest"])
    return None


def _needed(target: Target, world: World) -> Needed:
    found = [_needed_by(opened) for opened in _databases(target, world)]
    begun = [each.unfinished for each in found if each.unfinished is not None]
    return Needed(any(each.running for each in found), min(begun, default=None))


def _needed_by(opened: AbstractContextManager[Database]) -> Needed:
    with opened as database:
        return needed_for(database.applied(), running=bool(database.lock_holders()))


def _databases(target: Target, world: World) -> Iterator[AbstractContextManager[Database]]:
    if target.fleet is None:
        yield world.connect(target)
        return
    assert world.fleets is not None
    for tenant in world.fleets.tenants(target):
        yield world.fleets.connect(target, tenant)
