"""Runs migrations statement by statement and says what each did, from outside the statement.

Between statements three things are read: locks and WAL by the superuser, changes of the catalogue
by the session that made them (nobody else can see them yet), and what the server said meanwhile.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import psycopg
from psycopg.pq import TransactionStatus

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.places.extensions import create_extension
from bot.adapters.postgres.rehearsal.refusals import refusal_of, shown
from bot.adapters.postgres.rehearsal.running import execute_bounded
from bot.adapters.postgres.rehearsal.trace.hearing import LEVEL, Listener
from bot.adapters.postgres.rehearsal.trace.looking import Look, look
from bot.adapters.postgres.rehearsal.trace.measuring import (
    Evidence,
    may_empty,
    measured,
    reads_silently,
    renewed,
)
from bot.adapters.postgres.rehearsal.trace.observing import Catalogue, Reading, next_transaction
from bot.adapters.postgres.rehearsal.trace.sampling import Sampler, modes
from bot.adapters.postgres.rehearsal.trace.snapshots import Snapshot
from bot.core.effects import LockMode
from bot.core.rehearsal import Measured, Refusal, RehearsedStatement, Stop
from bot.core.rehearsal_order import Part, Step
from bot.errors import PostgresError

# As apply does before each part.
_RESET = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL"


@dataclass(frozen=True)
class Traced:
    """What one migration did. `committed` is how many of its parts are there to stay."""

    statements: tuple[RehearsedStatement, ...]
    refused: Refusal | None
    committed: int


class Tracer:
    """One for a whole rehearsal: what is there when it is made counts as old, all else as new."""

    def __init__(
        self,
        author: Callable[[], Connection],
        admin: Connection,
        guard: Guard,
        *,
        older: bool = False,
    ) -> None:
        """`older` says that the server's major is below the target's. Raises psycopg.Error."""
        self._author = author
        self._admin = admin
        self._guard = guard
        self._older = older
        self._old = frozenset(Catalogue(admin, inside=False).everything().snapshot.relations)

    def run(self, parts: Sequence[Part]) -> Traced:
        """One migration, on a connection of its own. Whatever it does is in the answer."""
        run = _Run(self._admin, self._guard, self._old, older=self._older)
        refused = None
        try:
            with self._connected() as connection:
                run.open(connection)
                for part in parts:
                    run.one(part)
        except (_Stopped, PostgresError, psycopg.Error, UnicodeError, ValueError) as error:
            refused = self._refusal(error, run.current)
        return Traced(tuple(run.statements), refused, run.committed)

    def _refusal(self, error: Exception, statement: int | None) -> Refusal:
        if isinstance(error, _Stopped):
            return error.refusal
        if isinstance(error, PostgresError):
            return Refusal(Stop.CONNECTION, error.message, None, error.sqlstate, error.hint)
        if isinstance(error, psycopg.Error):
            # What failed was our own looking on.
            return refusal_of(error, self._guard, statement=statement, older=self._older)
        # Text that no connection can carry: half a character, or a NUL.
        hint = "Write the file in UTF-8, without characters that are no text."
        return Refusal(Stop.REFUSED, shown(str(error)), statement, hint=hint)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        connection = self._author()
        try:
            yield connection
        finally:
            # Not by leaving its block, which would ask a session that may not answer.
            with suppress(psycopg.Error):
                connection.close()


class _Stopped(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass
class _Transaction:
    """One that is open: what each of its statements did so far, and how long each took."""

    look: Look
    reading: Reading
    since: str
    done: list[tuple[int, Measured]] = field(default_factory=list)
    mixed: bool = False

    def finished(self, milliseconds: float) -> Iterator[RehearsedStatement]:
        """When it has ended: every lock was held until now."""
        held = milliseconds
        ended = []
        for index, each in reversed(self.done):
            held += each.duration_ms
            locks = tuple(replace(lock, held_ms=held) for lock in each.locks)
            ended.append(RehearsedStatement(index, replace(each, locks=locks)))
        return reversed(ended)


class _Run:
    """One migration on its way."""

    def __init__(
        self, admin: Connection, guard: Guard, old: frozenset[int], *, older: bool
    ) -> None:
        self.statements: list[RehearsedStatement] = []
        self.current: int | None = None
        self.committed = 0
        self._admin = admin
        self._guard = guard
        self._old = old
        self._older = older
        self._outside = Catalogue(admin, inside=False)

    def open(self, connection: Connection) -> None:
        self._connection = connection
        # Statements like DISCARD ALL take prepared ones away.
        connection.prepare_threshold = None
        self._pid = connection.info.backend_pid
        self._listener = Listener()
        connection.add_notice_handler(self._listener)
        self._since = next_transaction(self._admin)
        self._reading = self._outside.everything()
        self._catalogue = Catalogue(connection, inside=True)

    def one(self, part: Part) -> None:
        self.current = None
        self._run(_RESET)
        if part.transactional:
            self._together(part)
        else:
            self._alone(part)
        self.committed += 1

    def _together(self, part: Part) -> None:
        """A part that is one transaction. A failure takes it back, and stops all."""
        self._run("BEGIN")
        self._refresh()
        transaction = _Transaction(look(self._admin, self._pid), self._reading, self._since)
        began = time.perf_counter()
        try:
            for step in part.steps:
                self.current = step.index
                began = time.perf_counter()
                self._in_transaction(transaction, step)
            self.current = None
            began = time.perf_counter()
            self._run("COMMIT")
        except Exception:
            self.statements.extend(transaction.finished(_since(began)))
            if self.current is not None:
                self.statements.append(RehearsedStatement(self.current))
            self._roll_back()
            raise
        self.statements.extend(transaction.finished(_since(began)))
        self._refresh()

    def _in_transaction(self, transaction: _Transaction, step: Step) -> None:
        last = transaction.reading
        loud = self._made_loud("SET LOCAL")
        before = look(self._admin, self._pid)
        began = time.perf_counter()
        if step.extension:
            self._create_extension(step)
            transaction.mixed = True
        else:
            self._run(step.sql)
        duration = _since(began)
        self._made_quiet("SET LOCAL", loud)
        now = look(self._admin, self._pid)
        if now.transaction != before.transaction:
            raise _Stopped(_ended(step))
        taken = {
            oid: mode
            for oid, mode in now.locks.items()
            if mode > transaction.look.locks.get(oid, 0)
        }
        after = self._read(transaction, step, now)
        seen = Evidence(
            last,
            after,
            heard=self._listener.take(),
            taken=taken,
            held=now.locks,
            had=transaction.look.locks,
            emptied=self._emptied(last, after, step) if now.writes else (),
            silent=reads_silently(step.sql),
        )
        transaction.look, transaction.reading = now, after
        result = measured(
            seen,
            old=self._old,
            duration_ms=duration,
            wal_bytes=now.wal - before.wal,
            predicted=frozenset(step.locks),
        )
        transaction.done.append((step.index, result))

    def _read(self, transaction: _Transaction, step: Step, now: Look) -> Reading:
        """What the catalogue is now. A transaction that has written nothing has not changed it,
        and to read would be its first query, after which it may not be set up otherwise."""
        last = transaction.reading
        if not now.writes:
            if step.extension:
                self._refresh()
                return self._reading
            return last
        touched = {oid for oid, mode in now.locks.items() if mode >= LockMode.ROW_EXCLUSIVE}
        if "rollback" in step.sql.lower() or "abort" in step.sql.lower():
            # What comes back has old rows, and its lock may be gone.
            return self._catalogue.everything(touched=touched)
        return self._catalogue.changes(
            last,
            since=transaction.since,
            command=-1 if transaction.mixed else last.command,
            locked=None
            if transaction.mixed
            else [oid for oid, mode in now.locks.items() if mode is LockMode.ACCESS_EXCLUSIVE],
            touched=touched,
        )

    def _emptied(self, last: Reading, after: Reading, step: Step) -> frozenset[int]:
        if not may_empty(step.sql):
            return frozenset()
        files = renewed(last.snapshot, after.snapshot)
        sizes = self._catalogue.file_sizes(files.values()) if files else {}
        return frozenset(
            oid
            for oid, now in files.items()
            if sizes.get(now) == 0 or last.snapshot.relations[oid].kind in "iI"
        )

    def _alone(self, part: Part) -> None:
        """A part that wants no transaction."""
        self._refresh()
        for step in part.steps:
            self.current = step.index
            try:
                self.statements.append(RehearsedStatement(step.index, self._sampled(step)))
            except Exception:
                self.statements.append(RehearsedStatement(step.index))
                raise

    def _sampled(self, step: Step) -> Measured:
        last = self._reading
        loud = self._made_loud("SET")
        before = look(self._admin, self._pid)
        sampler = Sampler(self._admin, self._pid)
        if step.extension:
            began = time.perf_counter()
            self._create_extension(step)
            duration = _since(began)
        else:
            with sampler.looking():
                began = time.perf_counter()
                self._run(step.sql)
                duration = _since(began)
        self._made_quiet("SET", loud)
        now = look(self._admin, self._pid)
        self._refresh()
        if self._connection.info.transaction_status != TransactionStatus.IDLE:
            raise _Stopped(_left_open(step))
        found = sampler.strongest(_retired(last.snapshot, self._reading.snapshot))
        taken = modes(found)
        seen = Evidence(
            last, self._reading, self._listener.take(), taken=taken, held=taken, sampled=True
        )
        result = measured(
            seen,
            old=self._old,
            duration_ms=duration,
            wal_bytes=now.wal - before.wal,
        )
        return _with_times(result, last, found)

    def _refresh(self) -> None:
        """What is there now, as everybody sees it."""
        since = next_transaction(self._admin)
        self._reading = replace(
            self._outside.changes(self._reading, since=self._since), command=-1, counters={}
        )
        self._since = since

    def _run(self, sql: str) -> None:
        with self._watched(self._connection):
            execute_bounded(self._connection, sql)

    def _create_extension(self, step: Step) -> None:
        with self._watched(self._admin):
            create_extension(self._admin, step.extension, schema=step.schema)

    @contextmanager
    def _watched(self, connection: Connection) -> Iterator[None]:
        if self._guard.exhausted:
            raise _Stopped(_too_late(self.current))
        try:
            with self._guard.watching(connection):
                yield
        except psycopg.Error as error:
            # Now, because the guard knows only of what it watched last.
            refusal = refusal_of(error, self._guard, statement=self.current, older=self._older)
            raise _Stopped(refusal) from None

    def _made_loud(self, how: str) -> str:
        """Let the server say what it does, and return the level that it had before."""
        self._listener.take()
        row = self._connection.execute("SHOW client_min_messages").fetchone()
        level = str(row[0]) if row else LEVEL
        if level != LEVEL:
            self._connection.execute(f"{how} client_min_messages = {LEVEL}".encode())
        return level

    def _made_quiet(self, how: str, level: str) -> None:
        """Back to what it was, unless the statement has chosen another one."""
        row = self._connection.execute("SHOW client_min_messages").fetchone()
        if level != LEVEL and row and row[0] == LEVEL:
            self._connection.execute(f"{how} client_min_messages = {level}".encode())

    def _roll_back(self) -> None:
        """So that its locks are gone before the next thing is done."""
        with suppress(psycopg.Error), self._guard.watching(self._connection):
            if not self._connection.closed:
                execute_bounded(self._connection, "ROLLBACK")


def _with_times(
    result: Measured, before: Reading, found: Mapping[int, tuple[LockMode, float]]
) -> Measured:
    held = {
        before.snapshot.name(oid): milliseconds
        for oid, (_, milliseconds) in found.items()
        if oid in before.snapshot.relations
    }
    locks = tuple(replace(each, held_ms=held[each.relation]) for each in result.locks)
    return replace(result, locks=locks)


def _retired(before: Snapshot, after: Snapshot) -> set[int]:
    """Indexes that are gone, whether or not there is another one of their name."""
    return {oid for oid in before.of_kind("iI") if oid not in after.relations}


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000.0


def _ended(step: Step) -> Refusal:
    return Refusal(
        Stop.REFUSED,
        "it ended the transaction that it was part of",
        step.index,
        hint="Leave BEGIN, COMMIT and ROLLBACK out: the bot opens and closes transactions.",
    )


def _left_open(step: Step) -> Refusal:
    return Refusal(
        Stop.REFUSED,
        "it left a transaction open",
        step.index,
        hint="Leave BEGIN, COMMIT and ROLLBACK out: the bot opens and closes transactions.",
    )


def _too_late(statement: int | None) -> Refusal:
    return Refusal(
        Stop.TIME,
        "the time for the whole rehearsal is over",
        statement,
        hint="Raise `rehearsal.seconds`, or split the migrations over pull requests.",
    )
