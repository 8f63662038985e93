"""Runs the statements of a migration: together with their row in one transaction, or one alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from bot.adapters.postgres.connection import explain, explained
from bot.adapters.postgres.piping import Query, Refused, in_the_middle, pipe, say
from bot.adapters.postgres.target import pooled
from bot.adapters.postgres.target.first_locks import FirstLocks
from bot.adapters.postgres.target.locking import OWN_KEY, PRISMA_KEY
from bot.adapters.postgres.target.records import record_queries
from bot.adapters.postgres.target.session import OURSELVES
from bot.core.blocker import Need
from bot.core.checkpoint import Note, Record, Step
from bot.errors import HistoryError, PostgresError

Heard = Callable[[int, float, int], None]


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
        end: list[Query] = [] if fenced else [("COMMIT", ())]
        try:
            told = range(len(first), len(first) + len(texts))
            pipe(self._connection, [*queries, *end], listen, awaited=told)
            if fenced:
                if written[0] != 1:
                    raise _fenced_off()
                pipe(self._connection, [("COMMIT", ())])
        except Refused as refused:
            self._roll_back()
            error = self._refusal(refused, len(first), len(texts))
            raise pooled.refusal_of_first(error, self._target.name) from None
        except BaseException as error:
            self._roll_back()
            if isinstance(error, psycopg.Error):
                raise explain(error, "run it") from None
            raise
        self._as_before()

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

    def _refusal(self, refused: Refused, first: int, count: int) -> PostgresError:
        error = explain(refused.error, "run it")
        error.position = max(0, min(refused.position - first, count - 1))
        return error

    @contextmanager
    def _untimed(self, settings: Sequence[str]) -> Iterator[None]:
        """A timeout would break what runs concurrently half-way, also one of the file's own."""
        try:
            with explained("set what the file sets"):
                for each in settings:
                    self._connection.execute(each.encode())
                limit = f"SET lock_timeout = {self._patience or 0}; SET statement_timeout = 0"
                self._connection.execute(limit.encode())
            yield
        finally:
            self._as_before()

    def _usable(self) -> bool:
        """Interrupted between two answers, nothing is left to do with it but to hang up."""
        if in_the_middle(self._connection):
            self._connection.close()
        return not self._connection.closed

    def _as_before(self) -> None:
        if self._usable() and not self._sessionless:
            with explained("reset the session"):
                say(self._connection, self._reset)

    def _roll_back(self) -> None:
        """The first error is the one to tell; a lost connection has rolled back by itself."""
        if self._usable():
            with explained("roll back"):
                say(self._connection, "ROLLBACK")


def _fenced_off() -> HistoryError:
    return HistoryError(
        "The row of the migration that was running was changed by somebody else.",
        hint="See who else applies migrations here, then compare with `migration-bot status`.",
    )
