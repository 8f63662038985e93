"""The place where a backup is put back, as the procedure sees it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from bot.core.backups.backup import Manifest
from bot.core.restores.outcome import Put, Step
from bot.core.restores.plan import How
from bot.core.restores.scene import Scene
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target

Note = Callable[[str], None]
Heard = Callable[[Step], None]


class Site(Protocol):
    """A target's server, with the target's database on it or not. Raises PostgresError."""

    def facts(self) -> ServerFacts | None:
        """Of the database; None if it is not there, or cannot be opened."""

    def scene(self, *, counted: bool = True) -> Scene:
        """What is there now. `counted` counts the rows of every table, which takes a while."""

    def exclusively(self, note: Note) -> AbstractContextManager[None]:
        """Hold the migration lock of the target, and keep every other restore of it out."""

    def sweep(self) -> tuple[str, ...]:
        """Remove what killed restores of this database left behind, and nothing else; their names.
        Only under the lock."""

    def put(
        self, manifest: Manifest, place: Path, how: How, *, owners: bool, note: Note, heard: Heard
    ) -> Put:
        """Put the backup in the place of what is there, whole or not at all. Only under the lock.

        It is restored and compared first. Without `owners` everything belongs to our role, and
        nothing is granted. Raises BackupError if what was restored is not what was saved.
        """


class Restoring(Protocol):
    """Opens the places where backups are put back."""

    def at(self, target: Target) -> AbstractContextManager[Site]:
        """The target's server, also where its database is gone. Raises PostgresError."""
