"""An open connection to one target, in parts; every method raises PostgresError with advice."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from bot.core.blocker import Need
from bot.core.checkpoint import Checkpoint, Note, Record
from bot.core.migration import AppliedMigration
from bot.core.server import ServerFacts
from bot.core.sizes import Sizes

# Told of each statement that is done: its place, its seconds, and how many rows it changed.
Heard = Callable[[int, float, int], None]


class Looking(Protocol):
    """What can be seen of the server and the database."""

    def facts(self) -> ServerFacts: ...
    def invalid_indexes(self) -> frozenset[str]:
        """Indexes a failed concurrent build left behind, as quoted names."""

    def fingerprint(self) -> str:
        """Its definitions in one number: the same for databases that are alike."""

    def sizes(self, *, columns: bool = False) -> Sizes:
        """How big its tables are; takes two seconds, in which writes are counted.

        `columns` adds counts of their columns."""


class Rows(Protocol):
    """The migrations table."""

    def applied(self) -> tuple[AppliedMigration, ...]: ...
    def unbaselined(self) -> bool:
        """Whether there are tables and no migrations table (Prisma's P3005)."""

    def create_table(self) -> None:
        """Make the migrations table if it is not there."""

    def start(self, id: str, name: str, checkpoint: Checkpoint) -> None:
        """Write the row of a migration that is applied in parts: it keeps Prisma out (P3009)."""

    def forget(self, id: str, steps: int) -> None:
        """Take back a started row: nothing of its migration is left."""


class Locking(Protocol):
    """The migration lock."""

    def lock_holder(self) -> str | None:
        """Who holds the migration lock, in words; None if nobody does."""

    def exclusively(self, note: Callable[[str], None]) -> AbstractContextManager[None]:
        """Hold the migration lock; the server lets go of it if we vanish.

        `note` is told whom we wait for, if anybody.
        """

    def without_prisma_lock(self) -> AbstractContextManager[None]:
        """Let go of Prisma's half of the lock: waiting for it deadlocks with CONCURRENTLY."""


class Running(Protocol):
    """What runs statements."""

    def together(
        self, texts: Sequence[str], record: Record, *, needs: Sequence[Need], heard: Heard
    ) -> None:
        """Run statements and write the record in one transaction, under the target's timeouts.

        The locks in `needs` are taken before the first statement. After a statement that is refused
        nothing is left of any; the error's `position` says which it was. Raises HistoryError if the
        row that the record is about is not as it was left.
        """

    def alone(self, sql: str, *, heard: Heard) -> None:
        """Run a statement outside a transaction, without timeouts: they would break it half-way."""

    def note(self, record: Note) -> None:
        """Write it by itself."""

    def execute(self, sql: str) -> None:
        """Run a statement of the bot's own."""


class Database(Looking, Rows, Locking, Running, Protocol):
    """One target."""
