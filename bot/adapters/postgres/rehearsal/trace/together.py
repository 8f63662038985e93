"""A part of a migration that is one transaction, looked at between its statements."""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from bot.adapters.postgres.rehearsal.trace.evidence import (
    Evidence,
    may_empty,
    reads_silently,
    renewed,
)
from bot.adapters.postgres.rehearsal.trace.looking import Look
from bot.adapters.postgres.rehearsal.trace.measuring import measured
from bot.adapters.postgres.rehearsal.trace.observing import Catalogue, Reading, Standing
from bot.adapters.postgres.rehearsal.trace.session import Session, ended, milliseconds_since
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import Measured, RehearsedStatement
from bot.core.rehearsals.rehearsal_order import Part, Step


@dataclass
class _Transaction:
    """One that is open: what each of its statements did so far, and how long each took.

    `mixed` says that the superuser has made an extension meanwhile, in a transaction of its own.
    """

    look: Look
    reading: Reading
    since: str
    done: list[tuple[int, Measured]] = field(default_factory=list)
    mixed: bool = False

    def finished(self, milliseconds: float) -> Iterator[RehearsedStatement]:
        """When it has ended: every lock was held until now."""
        held = milliseconds
        statements = []
        for index, each in reversed(self.done):
            held = round(held + each.duration_ms, 3)
            locks = tuple(replace(lock, held_ms=held) for lock in each.locks)
            statements.append(RehearsedStatement(index, replace(each, locks=locks)))
        return reversed(statements)


class Together:
    """Runs one part after another in a session. `old` are relations that are not new."""

    def __init__(self, session: Session, standing: Standing, old: Collection[int]) -> None:
        self._session = session
        self._standing = standing
        self._old = old
        self._catalogue = Catalogue(session.connection, inside=True)

    def run(self, part: Part, statements: list[RehearsedStatement]) -> None:
        """Add what each did. A failure takes the part back, and is raised."""
        session = self._session
        session.run("BEGIN")
        reading = self._standing.refresh()
        transaction = _Transaction(session.look(), reading, self._standing.since)
        began = time.perf_counter()
        try:
            for step in part.steps:
                session.current = step.index
                began = time.perf_counter()
                transaction.done.append((step.index, self._done(transaction, step)))
            session.current = None
            began = time.perf_counter()
            session.run("COMMIT")
        except Exception:
            statements.extend(transaction.finished(milliseconds_since(began)))
            if session.current is not None:
                statements.append(RehearsedStatement(session.current))
            session.roll_back()
            raise
        statements.extend(transaction.finished(milliseconds_since(began)))

    def _done(self, transaction: _Transaction, step: Step) -> Measured:
        session = self._session
        with session.loud("SET LOCAL"):
            before = session.look()
            duration = session.perform(step)
            transaction.mixed |= bool(step.extension)
        now = session.look()
        if now.transaction != before.transaction:
            raise ended(step)
        seen = self._seen(transaction, step, now)
        transaction.look, transaction.reading = now, seen.after
        return measured(
            seen,
            old=self._old,
            duration_ms=duration,
            wal_bytes=now.wal - before.wal,
            predicted=frozenset(step.locks),
        )

    def _seen(self, transaction: _Transaction, step: Step, now: Look) -> Evidence:
        had = transaction.look.locks
        last, after = transaction.reading, self._read(transaction, step, now)
        return Evidence(
            last,
            after,
            heard=self._session.listener.take(),
            taken={oid: mode for oid, mode in now.locks.items() if mode > had.get(oid, 0)},
            held=now.locks,
            had=had,
            emptied=self._emptied(last, after, step) if now.writes else (),
            silent=reads_silently(step.sql),
        )

    def _read(self, transaction: _Transaction, step: Step, now: Look) -> Reading:
        """What the catalogue is now. A transaction that has written nothing has not changed it,
        and to read would be its first query, after which it may not be set up otherwise."""
        last = transaction.reading
        if not now.writes:
            return self._standing.refresh() if step.extension else last
        touched = {oid for oid, mode in now.locks.items() if mode >= LockMode.ROW_EXCLUSIVE}
        if "rollback" in step.sql.lower() or "abort" in step.sql.lower():
            # What comes back has old rows, and its lock may be gone.
            return self._catalogue.everything(touched=touched)
        if transaction.mixed:
            return self._catalogue.changes(last, since=transaction.since, touched=touched)
        return self._catalogue.changes(
            last,
            since=transaction.since,
            command=last.command,
            locked=[oid for oid, mode in now.locks.items() if mode is LockMode.ACCESS_EXCLUSIVE],
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
