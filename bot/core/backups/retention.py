"""Which backups may go: old ones, and never the last that was proved or one that is needed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.backups.backup import StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.stored import Stray
from bot.core.migrations.migration import AppliedMigration


class Held(StrEnum):
    """Why a backup is kept."""

    YOUNG = "young"
    LAST_PROVED = "last proved"
    NEWEST = "newest"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Needed:
    """What the target says that its backups are needed for: a rollout that runs now, or migrations
    that were begun at `unfinished` and never finished."""

    running: bool = False
    unfinished: datetime | None = None


NOTHING = Needed()


@dataclass(frozen=True)
class Kept:
    backup: StoredBackup
    why: Held


@dataclass(frozen=True)
class Pruned:
    """What was removed, or with `dry` would be, and what was kept. `swept` were never complete."""

    removed: tuple[StoredBackup, ...] = ()
    kept: tuple[Kept, ...] = ()
    swept: tuple[Stray, ...] = ()
    dry: bool = False

    @property
    def freed(self) -> int:
        return sum(each.manifest.stored_size for each in self.removed)


def needed_for(rows: Iterable[AppliedMigration], *, running: bool) -> Needed:
    """What the rows of a target's migrations table, and whether its lock is held, ask for."""
    begun = [each.started_at for each in rows if each.unfinished]
    return Needed(running, min(begun, default=None))


def pruned(
    backups: Sequence[StoredBackup],
    now: datetime,
    *,
    keep: timedelta,
    needed: Needed = NOTHING,
    dry: bool = False,
) -> Pruned:
    """What to do with all backups of a target. Each of its databases keeps one of its own."""
    reasons: dict[str, Held] = {}
    for own in _by_database(backups):
        # The strongest reason is told, so it is noted last.
        for found in (_young(own, now, keep), _proved(own), _running(own, needed)):
            reasons.update(found)
        reasons.update(_unfinished(own, needed))
    return Pruned(
        removed=tuple(each for each in backups if each.manifest.id not in reasons),
        kept=tuple(
            Kept(each, reasons[each.manifest.id]) for each in backups if each.manifest.id in reasons
        ),
        dry=dry,
    )


def _by_database(backups: Sequence[StoredBackup]) -> Iterator[list[StoredBackup]]:
    """Newest first in each. A target may be a fleet, or have moved to another server."""
    groups: dict[tuple[str, str], list[StoredBackup]] = {}
    newest_first = sorted(backups, key=lambda each: each.manifest.started_at, reverse=True)
    for each in newest_first:
        key = each.manifest.system_identifier, each.manifest.database
        groups.setdefault(key, []).append(each)
    yield from groups.values()


def _young(own: Sequence[StoredBackup], now: datetime, keep: timedelta) -> dict[str, Held]:
    return {each.manifest.id: Held.YOUNG for each in own if now - each.manifest.started_at <= keep}


def _proved(own: Sequence[StoredBackup]) -> dict[str, Held]:
    """The last good one. Where none was ever proved, the newest is what there is."""
    good = {each.manifest.id: Held.LAST_PROVED for each in _last_good(own)}
    return good or {own[0].manifest.id: Held.NEWEST}


def _last_good(own: Sequence[StoredBackup]) -> Iterator[StoredBackup]:
    """The last of any kind, the last that has all rows, and the last of those that was restored:
    what was only read to its end, or has some tables, takes the place of none of them."""
    good = [each for each in own if each.proved]
    whole = [each for each in good if each.manifest.touched is None]
    restored = [each for each in whole if each.proof and each.proof.level.reaches(Level.RESTORE)]
    for found in (good, whole, restored):
        yield from found[:1]


def _running(own: Sequence[StoredBackup], needed: Needed) -> dict[str, Held]:
    return {own[0].manifest.id: Held.NEWEST} if needed.running else {}


def _unfinished(own: Sequence[StoredBackup], needed: Needed) -> dict[str, Held]:
    """The last before the migration began, the last proved one before it, and all since."""
    began = needed.unfinished
    if began is None:
        return {}
    before = [each for each in own if _moment(each) <= began]
    since = [each for each in own if _moment(each) > began]
    held = (*since, *before[:1], *_last_good(before))
    return {each.manifest.id: Held.UNFINISHED for each in held}


def _moment(backup: StoredBackup) -> datetime:
    """By the server's clock, which the rows are written by, too."""
    return backup.manifest.server_time or backup.manifest.started_at
