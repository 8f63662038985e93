"""A target in memory: its rows, and what it was asked for."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot.core.drift.look import Actual
from bot.core.findings.found import Attachment, FoundIndex
from bot.core.kept.kept import GivenBack, Keep, Kept, Woven
from bot.core.kept.policy import KeepPolicy
from bot.core.kept.table import Shelf, TableToKeep
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rehearsals.sizes import Sizes
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.batching import Chosen, DataChange, Key, KeyColumn
from bot.core.rollouts.blocker import Blocker, Need
from bot.core.rollouts.checkpoint import (
    Back,
    Before,
    Checkpoint,
    Last,
    LastBack,
    Note,
    Record,
    Step,
    Whole,
)
from bot.core.rollouts.doing import Doing, Heard
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.replication import Replication
from bot.core.schemas.schema import Snapshot
from bot.core.targets.server import ServerFacts, TableFacts
from bot.errors import PostgresError, UsageError
from bot.rollout.outside.outside import named
from tests.fakes.values import NOON, applied, marked, migration


def _noted(checkpoint: Checkpoint) -> str:
    if checkpoint.intent is not None:
        return f"intent {checkpoint.intent.segment}"
    if checkpoint.batch is not None:
        return f"batch {checkpoint.batch.rows}"
    return f"stopped: {checkpoint.error}"


@dataclass
class FakeDatabase:
    """Rows and a diary. `refuse` maps a statement to the errors it raises, one at a time ("commit"
    to those that come when it has been carried out, "lock" to those of the migration lock), and
    `makes` to what it makes or leaves half made. `interrupt` is the statement in which Ctrl-C is
    pressed, or "lock". `sessions` are those of earlier runs that are still there. `in_the_way` is
    what one look after the other finds, `ends_by` what makes a holder of the migration lock go
    away. `turns_into` is what the server is once somebody's lock was waited for.
    """

    rows: list[AppliedMigration] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)
    server: ServerFacts = field(
        default_factory=lambda: ServerFacts("18.1", 18, "app", False, False)
    )
    has_tables: bool = False
    holders: list[Holder] = field(default_factory=list)
    ends_by: tuple[str, ...] = ("cancel", "terminate")
    refuse: dict[str, list[PostgresError]] = field(default_factory=dict)
    found: list[FoundIndex] = field(default_factory=list)
    makes: dict[str, list[FoundIndex | Attachment | None]] = field(default_factory=dict)
    attached: Attachment = Attachment.ATTACHED
    sessions: set[int] = field(default_factory=set)
    not_valid: list[str] = field(default_factory=list)
    forgets: bool = False
    interrupt: str | None = None
    looks: str = "the usual"
    in_the_way: list[tuple[Blocker, ...]] = field(default_factory=list)
    looked: list[tuple[Need, ...]] = field(default_factory=list)
    patience: list[int] = field(default_factory=list)
    seen: Doing | None = None
    shapes: list[Snapshot] = field(default_factory=lambda: [{}])
    unseen: tuple[str, ...] = ()
    wrong: dict[str, str] = field(default_factory=dict)
    given_sizes: Sizes = field(default_factory=lambda: Sizes("staging", NOON, 18))
    given_tables: dict[str, TableFacts] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    key: Key | None = field(default_factory=lambda: Key((KeyColumn("id", "bigint"),)))
    cannot_batch: str = ""
    matching: list[int] = field(default_factory=list)
    standbys: list[Replication] = field(default_factory=list)
    process: int = 7
    turns_into: ServerFacts | None = None
    audit: list[Sealed] = field(default_factory=list)
    no_audit: PostgresError | None = None
    shelves: Shelf = field(default_factory=lambda: Shelf(schema=True, index=True))
    to_keep: dict[str, TableToKeep] = field(default_factory=dict)
    listed: list[Kept] = field(default_factory=list)
    expired: list[Kept] = field(default_factory=list)

    def shelf(self) -> Shelf:
        return self.shelves

    def tables_to_keep(self, names: Collection[str]) -> Mapping[str, TableToKeep]:
        return {name: self.to_keep[name] for name in names if name in self.to_keep}

    def shelving(self, shelf: Shelf) -> Sequence[str]:
        return () if shelf.index else ("shelf",)

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
        name = keep.table.name
        limited = f"limited: {keep.loss.change.head}" if keep.loss.change else None
        return Woven((f"keep {name} {number}",), (f"kept {name} {number}",), limited)

    def kept(self, records: Sequence[str] | None = None) -> tuple[Kept, ...]:
        return tuple(each for each in self.listed if records is None or each.record in records)

    def giving_back(self, kept: Sequence[Kept]) -> Sequence[str]:
        return tuple(f"give back {each.shelf}" for each in kept)

    def given_back(self, records: Sequence[str]) -> GivenBack:
        return GivenBack(sum(each.rows for each in self.kept(records)))

    def prune_kept(self) -> tuple[Kept, ...]:
        gone, self.expired = tuple(self.expired), []
        return gone

    def keep_record(self, sealed: Sealed) -> None:
        if self.no_audit is not None:
            raise self.no_audit
        self.diary.append("audit row")
        self.audit.append(sealed)

    def records(self, most: int) -> tuple[Sealed, ...]:
        return tuple(reversed(self.audit))[:most]

    def facts(self) -> ServerFacts:
        return self.server

    def tables(self, names: Collection[str], *, sized: bool = True) -> Mapping[str, TableFacts]:
        return {name: self.given_tables[name] for name in names if name in self.given_tables}

    def applied(self) -> tuple[AppliedMigration, ...]:
        return tuple(self.rows)

    def unbaselined(self) -> bool:
        return self.has_tables and not self.rows

    def lock_holder(self) -> Holder | None:
        return next(iter(self.holders), None)

    def lock_holders(self) -> tuple[Holder, ...]:
        return tuple(self.holders)

    def cancel(self, holder: Holder) -> bool:
        return self._end(holder, "cancel")

    def terminate(self, holder: Holder) -> bool:
        return self._end(holder, "terminate")

    def _end(self, holder: Holder, how: str) -> bool:
        if holder not in self.holders:
            return False
        self.diary.append(f"{how} {holder.pid}")
        if how in self.ends_by:
            self.holders.remove(holder)
        return True

    @contextmanager
    def exclusively(self, note: Callable[[str], None]) -> Iterator[tuple[AppliedMigration, ...]]:
        if self.refuse.get("lock"):
            raise self.refuse["lock"].pop(0)
        if self.turns_into is not None:
            note("somebody has the lock")
            self.server = self.turns_into
        with contextmanager(self._around)("lock", "unlock"):
            if self.interrupt == "lock":
                raise KeyboardInterrupt
            yield self.applied()

    @contextmanager
    def without_prisma_lock(self, note: Callable[[str], None]) -> Iterator[None]:
        yield from self._around("let go of Prisma's lock", "take Prisma's lock")

    def blockers(self, needs: Sequence[Need], older_than: float) -> tuple[Blocker, ...]:
        self.looked.append(tuple(needs))
        found = self.in_the_way.pop(0) if self.in_the_way else ()
        return tuple(each for each in found if each.age >= older_than)

    def deadlock_timeout(self) -> int:
        return 1000

    @contextmanager
    def waiting_at_most(self, milliseconds: int) -> Iterator[None]:
        yield

    @contextmanager
    def lock_patience(self, milliseconds: int) -> Iterator[None]:
        self.patience.append(milliseconds)
        yield

    def create_table(self, mark: str | None = None) -> None:
        self.diary.append("table")
        if mark is not None and self.server.rights.history is None:
            self.mark(mark)

    def mark(self, text: str) -> None:
        self.marks.append(text)

    def key_of(self, change: DataChange, wanted: Sequence[str] = ()) -> Key | None:
        if self.cannot_batch:
            raise UsageError(self.cannot_batch, hint="Run it whole.")
        return self.key

    def choose(
        self, change: DataChange, key: Key, after: Sequence[str] | None, size: int
    ) -> Chosen | None:
        """`matching` are the keys of the rows that match; nothing that runs takes one away."""
        left = [each for each in self.matching if after is None or each > int(after[0])][:size]
        return Chosen((str(left[-1]),), len(left)) if left else None

    def expected_rows(self, change: DataChange) -> int:
        return len(self.matching)

    def replication(self) -> Replication:
        """What is given, one after the other; then no standby."""
        return self.standbys.pop(0) if self.standbys else Replication(0)

    def together(
        self,
        texts: Sequence[str],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Heard,
        lifting: Collection[int] = (),
    ) -> None:
        kept = list(self.rows)
        self.diary.append("begin")
        try:
            for position, sql in enumerate(texts):
                self._run(sql, position)
                self.diary += ["limits again"] if position in lifting else []
                heard(position, 0.0, 0)
            self._record(record)
        except BaseException:
            self.rows = kept
            self.diary.append("rollback")
            raise
        self.diary.append("commit")
        if self.refuse.get("commit"):
            raise self.refuse["commit"].pop(0)

    def alone(self, sql: str, *, settings: Sequence[str], heard: Heard) -> None:
        self.diary += settings
        self.diary.append("no timeouts")
        try:
            self.execute(sql)
        finally:
            self.diary.append("timeouts")

    def note(self, record: Note) -> None:
        self._record(record)

    def execute(self, sql: str) -> None:
        self.diary.append(sql)
        if self.makes.get(sql):
            made = self.makes[sql].pop(0)
            if isinstance(made, FoundIndex):
                self.found.append(made)
            if isinstance(made, Attachment):
                self.attached = made
        if sql.startswith("DROP INDEX CONCURRENTLY ") and not self.refuse.get(sql):
            name = sql.removeprefix("DROP INDEX CONCURRENTLY ")
            self.found = [each for each in self.found if name not in (each.name, named(each.bare))]
        if sql == self.interrupt:
            raise KeyboardInterrupt
        if self.refuse.get(sql):
            raise self.refuse[sql].pop(0)

    def _run(self, sql: str, position: int) -> None:
        try:
            self.execute(sql)
        except PostgresError as error:
            error.position = position
            raise

    def invalid_indexes(self) -> frozenset[str]:
        return frozenset(each.name for each in self.found if not each.valid)

    def unvalidated(self) -> frozenset[str]:
        return frozenset(self.not_valid)

    def indexes_on(self, table: str, settings: Sequence[str]) -> tuple[FoundIndex, ...]:
        return tuple(each for each in self.found if each.table == table)

    def index(self, name: str, settings: Sequence[str]) -> FoundIndex | None:
        known = (each for each in self.found if name in (each.name, named(each.bare)))
        return next(known, None)

    def attachment(self, table: str, partition: str, settings: Sequence[str]) -> Attachment:
        return self.attached

    def session(self) -> tuple[int, str]:
        return self.process, "noon"

    def alive(self, pid: int, backend_start: str) -> bool:
        return pid in self.sessions

    def fingerprint(self) -> str:
        return self.looks

    def sizes(self, *, columns: bool = False) -> Sizes:
        self.diary.append("sizes and columns" if columns else "sizes")
        return self.given_sizes

    def resolve(
        self, *, applied: Sequence[Migration] = (), rolled_back: Sequence[str] = ()
    ) -> None:
        names = {*rolled_back, *(each.name for each in applied)}
        self.rows = [
            replace(row, rolled_back_at=NOON) if row.unfinished and row.name in names else row
            for row in self.rows
        ]
        for each in applied:
            self.rows.append(marked(each))
        self.diary.append(f"resolved {sorted(names)}")

    schema = "public"

    def shape(self, schemas: Sequence[str]) -> Snapshot:
        self.diary.append(f"shape of {', '.join(schemas)}")
        return self.shapes.pop(0) if len(self.shapes) > 1 else self.shapes[0]

    def actual(self, *, links: bool = False) -> Actual:
        self.diary.append("actual")
        found = self.shapes.pop(0) if len(self.shapes) > 1 else self.shapes[0]
        return Actual(found, self.facts().major, self.schema, self.unseen)

    def wrong_with(self, query: str, *, timeout: int) -> str:
        self.diary.append(query)
        if self.refuse.get(query):
            raise self.refuse[query].pop(0)
        return self.wrong.get(query, "")

    def doing(self) -> Doing | None:
        return self.seen

    def start(self, id: str, name: str, checkpoint: Checkpoint) -> None:
        self.diary.append(f"started {name}")
        begun = applied(migration(name), finished=False)
        self.rows.append(replace(begun, id=id, logs=checkpoint.text()))

    def forget(self, id: str, steps: int) -> None:
        self.diary.append("forgotten")
        self.rows = [row for row in self.rows if row.id != id]

    def reopen(self, id: str, name: str, checkpoint: Checkpoint) -> None:
        self.diary.append(f"reopened {name}")
        self._change(id, finished_at=None, logs=checkpoint.text(), applied_steps_count=0)

    def close(self, id: str, before: Before) -> None:
        self.diary.append("closed")
        self._change(id, finished_at=NOON, logs=before.logs, applied_steps_count=before.steps)

    def _record(self, record: Record) -> None:
        if isinstance(record, Back | LastBack):
            self.diary.append("taken back")
            self._change(record.id, finished_at=None, rolled_back_at=NOON, logs=record.logs)
            return
        if isinstance(record, Whole):
            self.diary.append(f"record {record.migration.name}")
            if not self.forgets:
                self.rows.append(replace(applied(record.migration), id=record.id))
            return
        steps, text = record.checkpoint.steps, record.checkpoint.text()
        if isinstance(record, Step) and self.refuse.get("count"):
            raise self.refuse["count"].pop(0)
        if isinstance(record, Last):
            self.diary.append("finished")
            self._change(record.id, finished_at=NOON, logs=None, applied_steps_count=1)
        elif isinstance(record, Step):
            self.diary.append(f"step {steps}")
            self._change(record.id, logs=text, applied_steps_count=steps)
        else:
            self.diary.append(_noted(record.checkpoint))
            self._change(record.id, logs=text)

    def _change(self, id: str, **changes: object) -> None:
        self.rows = [
            replace(row, **changes) if row.id == id else row  # type: ignore[arg-type]
            for row in self.rows
        ]

    def _around(self, before: str, after: str) -> Iterator[None]:
        self.diary.append(before)
        try:
            yield
        finally:
            self.diary.append(after)
