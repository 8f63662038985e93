"""Backups of targets, as everything that wants them sees them."""

from collections.abc import Callable
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
