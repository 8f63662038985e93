"""Runs the statements of a migration: together with their row in one transaction, or one alone."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from bot.adapters.postgres.advice import NETWORK_LOST
from bot.adapters.postgres.connection import explain, explained
from bot.adapters.postgres.piping import Query, Refused, in_the_middle, pipe, say
from bot.adapters.postgres.target import pooled
from bot.adapters.postgres.target.first_locks import FirstLocks
from bot.adapters.postgres.target.locking import OWN_KEY, PRISMA_KEY
from bot.adapters.postgres.target.records import record_queries
from bot.adapters.postgres.target.session import OURSELVES
from bot.core.blocker import Need
from bot.core.checkpoint import Note, Record, Step
from bot.core.doing import Heard
from bot.errors import HistoryError, PostgresError

_TIMES_TRANSACTIONS = 17_00_00


class Running(FirstLocks):
    """See world.Running."""

    _patience: int | None = None

    @contextmanager
    def lock_patience(self, milliseconds: int) -> Iterator[None]:
        self._patience = milliseconds
        try:
            yield
        finally:
            self._patience = None

    def together(
        self, texts: Sequence[str], record: Record, *, needs: Sequence[Need], heard: Heard
    ) -> None:
        alone = self._alone_with(record)
        first = [*self._limits(), *alone, *self._first_locks(needs, self._lock_timeout)]
        ourselves = pooled.OURSELVES if self._sessionless else OURSELVES
        rest = [(each, ()) for each in ourselves]
        about = record_queries(record, self._schema)
        queries = [*first, *((each, ()) for each in texts), *rest, *about]
        fenced = isinstance(record, Step | Note)
        written = [0]

        def listen(place: int, seconds: float, rows: int) -> None:
            statement = place - len(first)
            if 0 <= statement < len(texts):
                heard(statement, seconds, rows)
            if place == len(queries) - 1:
                written[0] = rows

        # Where nobody can have been at the row, the end goes along: one round trip in all.
        end: list[Query] = [] if fenced else self._finish()
        try:
            # Of what comes before the statements nobody waits for the answer.
            awaited = range(len(first), len(queries))
            pipe(self._connection, [*queries, *end], listen, awaited=awaited)
            if fenced:
                if written[0] != 1:
                    raise _fenced_off()
                self._commit(len(queries))
        except Refused as refused:
            if refused.position > len(queries):
                raise self._not_as_before(refused.error) from None
            self._roll_back()
            error = _refusal(refused.error, refused.position - len(first), len(texts))
            raise pooled.refusal_of_first(error, self._target.name) from None
        except BaseException as error:
            self._roll_back()
            if isinstance(error, psycopg.Error):
                raise explain(error, "run it") from None
            raise

    def alone(self, sql: str, *, settings: Sequence[str], heard: Heard) -> None:
        try:
            with self._untimed(settings):
                pipe(self._connection, [(sql, ())], heard)
        except Refused as refused:
            raise explain(refused.error, "run it") from None
        except psycopg.Error as error:
            raise explain(error, "run it") from None

    def note(self, record: Note) -> None:
        self.together((), record, needs=(), heard=lambda *_: None)

    def execute(self, sql: str) -> None:
        with explained("run it"):
            self._connection.execute(sql.encode())

    def _limits(self) -> list[Query]:
        return [
            ("BEGIN", ()),
            (f"SET LOCAL lock_timeout = {self._lock_timeout}", ()),
            (f"SET LOCAL statement_timeout = {self._target.statement_timeout}", ()),
        ]

    def _alone_with(self, record: Record) -> list[Query]:
        """Behind a transaction pooler, what a session would have seen to."""
        if not self._sessionless:
            return []
        path = bool(self._url.options)
        keys = (OWN_KEY, PRISMA_KEY)
        return pooled.first_queries(record, schema=self._schema, search_path=path, keys=keys)

    @property
    def _lock_timeout(self) -> int:
        """Milliseconds."""
        return self._target.lock_timeout if self._patience is None else self._patience

    def _finish(self) -> list[Query]:
        """The COMMIT, and what makes the session ready for the next migration."""
        after = () if self._sessionless else self._reset
        return [("COMMIT", ()), *((each, ()) for each in after)]

    def _commit(self, place: int) -> None:
        """What is checked only now, such as a deferred constraint, is refused at this place."""
        try:
            pipe(self._connection, self._finish())
        except Refused as refused:
            raise Refused(place + refused.position, refused.error) from None

    @contextmanager
    def _untimed(self, settings: Sequence[str]) -> Iterator[None]:
        """A timeout would break what runs concurrently half-way, also one of the file's own."""
        try:
            with explained("set what the file sets"):
                for each in settings:
                    self._connection.execute(each.encode())
                self._connection.execute("; ".join(self._no_limits()).encode())
            yield
        finally:
            self._as_before()

    def _no_limits(self) -> Iterator[str]:
        yield f"SET lock_timeout = {self._patience or 0}"
        yield "SET statement_timeout = 0"
        if self._connection.info.server_version >= _TIMES_TRANSACTIONS:
            yield "SET transaction_timeout = 0"

    def _usable(self) -> bool:
        """Interrupted between two answers, nothing is left to do with it but to hang up."""
        if in_the_middle(self._connection):
            self._connection.close()
        return not self._connection.closed

    def _as_before(self) -> None:
        """Cancelled here, for one, what ran is done all the same: only its session is lost."""
        if not self._usable() or self._sessionless:
            return
        try:
            say(self._connection, "; ".join(self._reset))
        except psycopg.Error as error:
            raise self._not_as_before(error) from None

    def _not_as_before(self, error: psycopg.Error) -> PostgresError:
        """Nothing more can be run in it."""
        self._connection.close()
        lost = explain(error, "reset the session")
        lost.sqlstate, lost.position = NETWORK_LOST, sys.maxsize
        return lost

    def _roll_back(self) -> None:
        """The first error is the one to tell; a lost connection has rolled back by itself."""
        if self._usable():
            with explained("roll back"):
                say(self._connection, "ROLLBACK")


def _refusal(refused: psycopg.Error, place: int, count: int) -> PostgresError:
    """What is refused behind the statements is their row, or else their COMMIT."""
    behind = place - count - len(OURSELVES)
    error = explain(
        refused, "run it" if behind < 0 else "record it" if behind == 0 else "commit it"
    )
    error.position = max(0, min(place, count))
    return error


def _fenced_off() -> HistoryError:
    return HistoryError(
        "The row of the migration that was running was changed by somebody else.",
        hint="See who else applies migrations here, then compare with `migration-bot status`.",
    )
