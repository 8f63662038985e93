"""An open connection to one target, in parts; every method raises PostgresError with advice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from bot.core.drift.look import Actual
from bot.core.findings.found import Attachment, FoundIndex
from bot.core.kept.kept import GivenBack, Keep, Kept, Woven
from bot.core.kept.policy import KeepPolicy
from bot.core.kept.table import Shelf, TableToKeep
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rehearsals.sizes import Sizes
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.batching import Chosen, DataChange, Key
from bot.core.rollouts.blocker import Blocker, Need
from bot.core.rollouts.checkpoint import Before, Checkpoint, Note, Record
from bot.core.rollouts.doing import Doing, Heard
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.replication import Replication
from bot.core.schemas.schema import Snapshot
from bot.core.targets.server import ServerFacts, TableFacts


class Looking(Protocol):
    """What can be seen of the server and the database."""

    def facts(self) -> ServerFacts:
        """What must be known before anything is written; one round trip."""

    def tables(self, names: Collection[str], *, sized: bool = True) -> Mapping[str, TableFacts]:
        """Those that are there, by name (`schema.name`); their sizes only if they are wanted."""

    def replication(self) -> Replication:
        """What follows the server, and how far it is. Where that cannot be seen it says so."""

    def invalid_indexes(self) -> frozenset[str]:
        """Indexes a failed concurrent build left behind, as quoted names."""

    def unvalidated(self) -> frozenset[str]:
        """Constraints that are NOT VALID, as quoted `schema.table.constraint`."""

    def fingerprint(self) -> str:
        """Its definitions in one number: the same for databases that are alike."""

    @property
    def schema(self) -> str:
        """Where its URL says that unqualified names are."""

    def shape(self, schemas: Sequence[str]) -> Snapshot:
        """What is in these schemas, with owners and rights, what is in none, and every
        extension."""

    def actual(self, *, links: bool = False) -> Actual:
        """All that there is, and which kinds the role may not read; with `links` also what a draft
        wants to know of each object."""

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

    def create_table(self, mark: str | None = None) -> None:
        """Make the migrations table if it is not there, with the mark on it if there is one."""

    def mark(self, text: str) -> None:
        """Write a mark on the migrations table that is there."""

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

    def reopen(self, id: str, name: str, checkpoint: Checkpoint) -> None:
        """Let the row of an applied migration be unfinished while it is taken back in parts."""

    def close(self, id: str, before: Before) -> None:
        """Let such a row say again what it said before: nothing was taken back."""


class Locking(Protocol):
    """The migration lock."""

    def lock_holder(self) -> Holder | None:
        """Who holds the migration lock; None if nobody does."""

    def lock_holders(self) -> tuple[Holder, ...]:
        """The same, where Prisma's half and ours may be held by two."""

    def cancel(self, holder: Holder) -> bool:
        """Break off what its session is doing; False if it no longer holds the lock."""

    def terminate(self, holder: Holder) -> bool:
        """End its session; False if it no longer holds the lock."""

    def exclusively(
        self, note: Callable[[str], None]
    ) -> AbstractContextManager[tuple[AppliedMigration, ...]]:
        """Hold the migration lock, and see the rows as they are under it; the server lets go of it
        if we vanish.

        `note` is told whom we wait for, if anybody.
        """

    def without_prisma_lock(self, note: Callable[[str], None]) -> AbstractContextManager[None]:
        """Let go of Prisma's half of the lock: waiting for it deadlocks with CONCURRENTLY.

        It is taken again afterwards; `note` is told whom we wait for, if anybody.
        """


class Probing(Protocol):
    """What a statement that runs alone has made, or left half made.

    Names are given as a file writes them, quoted; `settings` are run before they are looked up, and
    reset after."""

    def indexes_on(self, table: str, settings: Sequence[str]) -> tuple[FoundIndex, ...]: ...
    def index(self, name: str, settings: Sequence[str]) -> FoundIndex | None: ...
    def attachment(self, table: str, partition: str, settings: Sequence[str]) -> Attachment: ...
    def session(self) -> tuple[int, str]:
        """The process that serves us at the server, and when it began, as text."""

    def alive(self, pid: int, backend_start: str) -> bool:
        """Whether such a session is still there."""


class InTheWay(Protocol):
    """Who holds locks on tables."""

    def blockers(self, needs: Sequence[Need], older_than: float) -> tuple[Blocker, ...]:
        """Whose locks would keep us from ours, or are waited for in front of us, and whose
        transactions are older than so many seconds; the oldest first."""

    def deadlock_timeout(self) -> int:
        """Milliseconds after which the server sends an autovacuum away that somebody waits for."""

    def waiting_at_most(self, milliseconds: int) -> AbstractContextManager[None]:
        """What runs alone inside of it is cancelled when it has waited for others for so long: a
        PostgresError then says for whom."""


class Running(Protocol):
    """What runs statements."""

    def lock_patience(self, milliseconds: int) -> AbstractContextManager[None]:
        """In place of the target's lock_timeout, for what is run inside of it."""

    def together(
        self,
        texts: Sequence[str],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Heard,
        lifting: Collection[int] = (),
    ) -> None:
        """Run statements and write the record in one transaction, under the target's timeouts.

        Of the locks in `needs` the early ones are taken before the first statement. `lifting` are
        the places of statements that may set the timeouts: whatever they set, they are no longer
        afterwards than the target's. After a statement that is refused nothing is left of any; the
        error's `position` says which it was.
        Raises HistoryError if the row that the record is about is not as it was left, is not kept,
        or if the statements have been at the rows of other migrations.
        """

    def alone(self, sql: str, *, settings: Sequence[str], heard: Heard) -> None:
        """Run a statement outside a transaction, without timeouts: they would break it half-way.
        Inside of lock_patience it has that.

        `settings` are run before it, and end with it."""

    def note(self, record: Note) -> None:
        """Write it by itself."""

    def execute(self, sql: str) -> None:
        """Run a statement of the bot's own."""


class Batching(Protocol):
    """What changes many rows bit by bit."""

    def key_of(self, change: DataChange, wanted: Sequence[str] = ()) -> Key | None:
        """By which a change is cut into batches; None if its table is not there yet.

        `wanted` are the columns it was cut by before. Raises UsageError if batches might not do
        what the whole statement does.
        """

    def choose(
        self, change: DataChange, key: Key, after: Sequence[str] | None, size: int
    ) -> Chosen | None:
        """The next rows, read only, under the target's timeouts; None if there are none left."""

    def expected_rows(self, change: DataChange) -> int:
        """How many rows the planner thinks will be changed."""


class Watching(Protocol):
    """What can be seen of our own session while it is busy."""

    def doing(self) -> Doing | None:
        """From a connection beside it, for the length of the call; None if it cannot be seen.

        Never raises, and may be called from any thread.
        """


class Auditing(Protocol):
    """What was written down of rollouts, in a schema of our own."""

    def keep_record(self, sealed: Sealed) -> None:
        """Add a record, in a transaction of its own; makes the table if it is not there."""

    def records(self, most: int) -> tuple[Sealed, ...]:
        """The newest, newest first; none if there is no table."""


class Keeping(Protocol):
    """What migrations destroy, kept in a schema of our own."""

    def shelf(self) -> Shelf:
        """The place for it."""

    def tables_to_keep(self, names: Collection[str]) -> Mapping[str, TableToKeep]:
        """Those that are there, by the quoted names that a file has for them."""

    def shelving(self, shelf: Shelf) -> Sequence[str]:
        """What makes the place in a transaction, where it is not there."""

    def taking(
        self,
        keep: Keep,
        shelf: Shelf,
        policy: KeepPolicy,
        *,
        migration: str,
        record: str,
        number: int,
        above: int = 0,
    ) -> Woven:
        """What keeps it in the transaction of its statement. `record` is the id of the migration's
        row, `number` tells apart what one statement destroys of several tables; `above` is that
        of the rows that these go with."""

    def kept(self, records: Sequence[str] | None = None) -> tuple[Kept, ...]:
        """What is kept of the migrations with these rows, of all if None, in the order in which it
        is given back: the last that was destroyed first."""

    def giving_back(self, kept: Sequence[Kept]) -> Sequence[str]:
        """What gives it back, to be run in the transaction that takes the migrations back, behind
        what makes their tables and columns anew. No text of it may be left out or run apart."""

    def given_back(self, records: Sequence[str]) -> GivenBack:
        """What has become of it, once that is committed."""

    def prune_kept(self) -> tuple[Kept, ...]:
        """Delete what has had its time and is of no unfinished migration, in a transaction of its
        own; returns what was deleted."""


class Database(
    Looking,
    Rows,
    Locking,
    InTheWay,
    Probing,
    Running,
    Batching,
    Watching,
    Auditing,
    Keeping,
    Protocol,
):
    """One target."""
