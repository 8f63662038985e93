"""Backups that are said to be there."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.core.backups.backup import Proof, ProvedBackup, StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.retention import NOTHING, Needed, Pruned, pruned
from bot.core.backups.stored import Stray
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target
from bot.errors import BackupError, BotError, PostgresError
from bot.world.backups import Note
from tests.fakes.values import MANIFEST, NOON


@dataclass
class FakeBackups:
    diary: list[str]
    error: PostgresError | None = None
    kept: bool = False
    locked: BotError | None = None
    shelf: tuple[StoredBackup, ...] = ()
    left: tuple[Stray, ...] = ()
    asked: list[Needed] = field(default_factory=list)

    def take(
        self, target: Target, note: Note, *, touched: Collection[str] | None = None
    ) -> BackupSummary:
        self.diary.append("backup")
        if self.error is not None:
            raise self.error
        return BackupSummary(
            "b-1", 1024, 2.0, NOON, proof="proved by restoring it", level=Level.RESTORE
        )

    def newest(self, target: Target) -> StoredBackup:
        self.diary.append(f"newest backup of {target.name}")
        if self.error is not None:
            raise self.error
        return self.shelf[0] if self.shelf else StoredBackup(MANIFEST, Path("/backups/b-1"))

    def proved(self, target: Target) -> ProvedBackup | None:
        return ProvedBackup(MANIFEST, Proof("b-1", "18.1", 2.0, 3, 40)) if self.kept else None

    def listed(self, target: Target) -> tuple[StoredBackup, ...]:
        return self.shelf

    def strays(self, target: Target) -> tuple[Stray, ...]:
        return self.left

    def find(self, target: Target, id: str) -> StoredBackup:
        for each in self.shelf:
            if each.manifest.id.startswith(id):
                return each
        raise BackupError(f"There is no backup {id}.", hint="Name another one.")

    def require_openable(self, stored: StoredBackup) -> None:
        if self.locked is not None:
            raise self.locked

    @contextmanager
    def opened(self, stored: StoredBackup, note: Note) -> Iterator[Path]:
        self.diary.append(f"open {stored.manifest.id}")
        yield stored.place or Path("/private") / stored.manifest.id
        self.diary.append(f"close {stored.manifest.id}")

    def verify(self, stored: StoredBackup, level: Level, note: Note) -> Proof:
        self.diary.append(f"verify {stored.manifest.id} by {level}")
        if self.error is not None:
            raise self.error
        proof = Proof(stored.manifest.id, "18.1", 2.0, 3, 40, level=level)
        return replace(proof, manifest=stored.manifest.digest)

    def prune(
        self, target: Target, now: datetime, *, dry: bool, needed: Needed = NOTHING
    ) -> Pruned:
        self.asked.append(needed)
        return pruned(self.shelf, now, keep=target.backup.keep, needed=needed, dry=dry)
