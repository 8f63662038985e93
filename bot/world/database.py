"""An open connection to one target, in parts; every method raises PostgresError with advice."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from bot.core.blocker import Need
from bot.core.checkpoint import Checkpoint, Note, Record
from bot.core.doing import Doing
from bot.core.migration import AppliedMigration, Migration
from bot.core.schema import Snapshot
from bot.core.server import ServerFacts
from bot.core.sizes import Sizes

# Told of each statement that is done: its place, its seconds, and how many rows it changed.
Heard = Callable[[int, float, int], None]


class Looking(Protocol):
    """What can be seen of the server and the database."""

    def facts(self) -> ServerFacts: ...
    def invalid_indexes(self) -> frozenset[str]:
        """Indexes a failed concurrent build left behind, as quoted names."""

    @property
    def schema(self) -> str:
        """Where its URL says that unqualified names are."""

    def shape(self, schemas: Sequence[str]) -> Snapshot:
        """What is in these schemas, without owners and rights, and every extension."""

    def wrong_with(self, query: str, *, timeout: int) -> str:
        """What is wrong with the answer of a query that should be true; "" if nothing is.

        It can change nothing. Raises PostgresError if it is refused or takes longer than `timeout`
        milliseconds.
        """

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

    def resolve(
        self, *, applied: Sequence[Migration] = (), rolled_back: Sequence[str] = ()
    ) -> None:
        """Mark migrations as `prisma migrate resolve` does, all of them or none.

        What is unfinished of either is rolled back; `applied` gets rows of its own, and the
        migrations table if there is none."""

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


class Watching(Protocol):
    """What can be seen of our own session while it is busy."""

    @property
    def session(self) -> int:
        """Its process on the server; 0 if it is lost."""

    def doing(self) -> Doing | None:
        """From a connection beside it, for the length of the call; None if it cannot be seen.

        Never raises, and may be called from any thread.
        """


class Database(Looking, Rows, Locking, Running, Watching, Protocol):
    """One target."""
