"""Backups of targets, as everything that wants them sees them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from bot.core.backups.backup import ProvedBackup, StoredBackup
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target


class Backups(Protocol):
    def take(self, target: Target, note: Callable[[str], None]) -> BackupSummary:
        """Dump the target, restore the dump elsewhere, compare. Raises BackupError."""

    def newest(self, target: Target) -> StoredBackup:
        """Its last backup on this machine. Raises BackupError if there is none."""

    def proved(self, target: Target) -> ProvedBackup | None:
        """Its last backup on this machine that was proved; None if none is known."""

    def find(self, target: Target, id: str) -> StoredBackup:
        """One of its backups, by its id or by how that begins. Raises BackupError if there is
        none, or if several begin so."""

    def opened(
        self, stored: StoredBackup, note: Callable[[str], None]
    ) -> AbstractContextManager[Path]:
        """The directory with its files, every one of which is what was written. Raises
        BackupError."""
