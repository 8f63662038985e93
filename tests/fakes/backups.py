"""Backups that are said to be there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.core.backups.backup import Proof, ProvedBackup, StoredBackup
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target
from bot.errors import BackupError, PostgresError
from tests.fakes.values import MANIFEST, NOON


@dataclass
class FakeBackups:
    diary: list[str]
    error: PostgresError | None = None
    kept: bool = False
    shelf: tuple[StoredBackup, ...] = ()

    def take(self, target: Target, note: Callable[[str], None]) -> BackupSummary:
        self.diary.append("backup")
        if self.error is not None:
            raise self.error
        return BackupSummary("b-1", 1024, 2.0, NOON, proof="proved by restoring it")

    def newest(self, target: Target) -> StoredBackup:
        self.diary.append(f"newest backup of {target.name}")
        if self.error is not None:
            raise self.error
        return StoredBackup(MANIFEST, Path("/backups/b-1"))

    def proved(self, target: Target) -> ProvedBackup | None:
        return ProvedBackup(MANIFEST, Proof("b-1", "18.1", 2.0, 3, 40)) if self.kept else None

    def find(self, target: Target, id: str) -> StoredBackup:
        for each in self.shelf:
            if each.manifest.id.startswith(id):
                return each
        raise BackupError(f"There is no backup {id}.", hint="Name another one.")

    @contextmanager
    def opened(self, stored: StoredBackup, note: Callable[[str], None]) -> Iterator[Path]:
        self.diary.append(f"open {stored.manifest.id}")
        yield stored.place
        self.diary.append(f"close {stored.manifest.id}")
