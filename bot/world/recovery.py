"""Recovery points that are kept elsewhere, as the one who wants them sees them."""

from collections.abc import Callable
from typing import Protocol

from bot.core.backups.recovery_point import Moment, RecoveryPoint


class RecoveryPoints(Protocol):
    """Of one target. `words` is who keeps them; `makes` says whether one can be asked for."""

    @property
    def words(self) -> str: ...
    @property
    def makes(self) -> bool: ...
    def recent(self) -> RecoveryPoint:
        """The last one. Raises BackupError if there is none, or nobody can be asked."""

    def make(self, label: str, note: Callable[[str], None]) -> RecoveryPoint:
        """A new one, once it is there. Raises BackupError."""


class Marking(Protocol):
    def mark(self, label: str) -> Moment:
        """Where the target stands now. Raises PostgresError."""

    def tested_at(self) -> str | None:
        """What stands in the file that tells of the last restore; None if there is none."""
