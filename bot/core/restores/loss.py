"""What is lost when a backup is put back: everything written after its snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.backups.backup import Manifest, TableContent
from bot.core.migrations.migration import AppliedMigration, sort_key
from bot.core.restores.scene import Scene
from bot.core.rollouts.audit import AUDIT_SCHEMA

# What the bot keeps for itself is as the backup had it, but that records of rollouts are carried
# over; the migrations are told by their names.
_OURS = f"{AUDIT_SCHEMA}."
_MIGRATIONS = "._prisma_migrations"


@dataclass(frozen=True)
class TableLoss:
    """A table that has another number of rows than the backup; None where it does not have it."""

    name: str
    now: int | None
    then: int | None

    @property
    def fewer(self) -> int:
        """How many rows there will be less; below 0 if rows come back."""
        return (self.now or 0) - (self.then or 0)


@dataclass(frozen=True)
class Loss:
    """`since` is the moment of the snapshot, `ago` how long ago that is by the server's clock.

    `tables` are those whose counts differ: an estimate from below, because a changed row counts as
    no difference. None where nobody could count. `migrations` are those applied since, which will
    be pending again.
    """

    since: datetime
    ago: timedelta
    tables: tuple[TableLoss, ...] | None = None
    migrations: tuple[str, ...] | None = None


def loss_of(manifest: Manifest, scene: Scene) -> Loss:
    """What putting this backup back loses, as far as it can be known without doing it."""
    since = snapshot_at(manifest)
    return Loss(
        since=since,
        ago=max(scene.now - since, timedelta()),
        tables=None if scene.tables is None else counts_that_differ(scene.tables, manifest.tables),
        migrations=None if scene.applied is None else applied_since(manifest, scene.applied),
    )


def snapshot_at(manifest: Manifest) -> datetime:
    """When its snapshot began, by the server's clock; older backups know our own only."""
    return manifest.server_time or manifest.started_at


def counts_that_differ(
    now: Sequence[TableContent], then: Sequence[TableContent]
) -> tuple[TableLoss, ...]:
    """Those that lose most first; without what the bot keeps there for itself."""
    here = {each.name: each.rows for each in now}
    there = {each.name: each.rows for each in then}
    found = [
        TableLoss(name, here.get(name), there.get(name))
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name) and not _is_ours(name)
    ]
    return tuple(sorted(found, key=lambda each: -each.fewer))


def _is_ours(name: str) -> bool:
    return name.startswith(_OURS) or name.endswith(_MIGRATIONS)


def applied_since(manifest: Manifest, rows: Sequence[AppliedMigration]) -> tuple[str, ...]:
    """Finished after the snapshot, or later in the order than the last one it has; in order."""
    head, since = manifest.migration_head, snapshot_at(manifest)
    names = {
        each.name
        for each in rows
        if each.finished
        and (
            head is None
            or sort_key(each.name) > sort_key(head)
            or (each.finished_at is not None and each.finished_at > since)
        )
    }
    return tuple(sorted(names, key=sort_key))
