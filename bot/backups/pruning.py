"""Old backups removed, and what broken-off ones have left behind."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.backups.means import Means
from bot.backups.shelf import listed, strays
from bot.core.backups.backup import MANIFEST, StoredBackup
from bot.core.backups.location import ABANDONED_HOURS
from bot.core.backups.retention import NOTHING, Needed, Pruned, pruned
from bot.core.backups.stored import Stray


def prune(
    means: Means, now: datetime, *, keep: timedelta, dry: bool, needed: Needed = NOTHING
) -> Pruned:
    """With `dry` nothing is removed. A manifest that cannot be read is left for somebody to see."""
    plan = pruned(listed(means), now, keep=keep, needed=needed, dry=dry)
    left = tuple(each for each in strays(means) if _abandoned(each, now))
    if not dry:
        for backup in plan.removed:
            _remove(backup, means)
        for each in left:
            means.store.remove([found.key for found in means.store.objects(each.id)])
    return replace(plan, swept=left)


def _remove(backup: StoredBackup, means: Means) -> None:
    """The manifest goes first of its files: what is broken off is not listed any more. Proofs go
    before it, or nobody would know later whose they were."""
    id = backup.manifest.id
    manifest = f"{id}/{MANIFEST}"
    proofs = means.store.shelf().proofs_of(id)
    others = [each.key for each in means.store.objects(id) if each.key != manifest]
    means.store.remove([*proofs, manifest, *others])


def _abandoned(stray: Stray, now: datetime) -> bool:
    """Incomplete, and for so long that nobody is writing it any more."""
    return stray.at is not None and now - stray.at > timedelta(hours=ABANDONED_HOURS)
