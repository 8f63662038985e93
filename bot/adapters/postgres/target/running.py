"""Runs the statements of a migration: together with their row in one transaction, or one alone."""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from bot.adapters.postgres.advice import NETWORK_LOST
from bot.adapters.postgres.connection import explain, explained
from bot.adapters.postgres.migrations_table import applied
from bot.adapters.postgres.piping import Query, Refused, in_the_middle, pipe, say
from bot.adapters.postgres.target import pooled
from bot.adapters.postgres.target.first_locks import FirstLocks
from bot.adapters.postgres.target.keeping import fenced_off, look_query, seen_by_look
from bot.adapters.postgres.target.locking import OWN_KEY, PRISMA_KEY
from bot.adapters.postgres.target.records import record_query
from bot.adapters.postgres.target.sending import Sent, limit_again
from bot.adapters.postgres.target.session import OURSELVES, TO_RECORD
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.blocker import Need
from bot.core.rollouts.bookkeeping import require_same_rows, touches_rows
from bot.core.rollouts.checkpoint import Back, Last, Note, Record, Step, Whole
from bot.core.rollouts.doing import Heard
from bot.errors import PostgresError

_TIMES_TRANSACTIONS = 17_00_00
# Where they are in what comes last: the row is written, and then looked for.
_ROW = len(OURSELVES) + len(TO_RECORD)
_LOOK = _ROW + 1


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
        self,
        texts: Sequence[str],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Heard,
        lifting: Collection[int] = (),
    ) -> None:
        before = self._rows() if touches_rows(texts) else None
        sent = self._sent(texts, record, needs, lifting)
        fenced = isinstance(record, Step | Note | Back)
        written = [0]

        def listen(place: int, seconds: float, rows: int) -> None:
            statement = sent.statement(place)
            if statement is not None:
                heard(statement, seconds, rows)
            if sent.of_last(place) == _ROW:
                written[0] = rows

        # Where nobody can have been at the rows, the end goes along: one round trip in all.
        at_once = not fenced and before is None
        end = self._finish() if at_once else []
        try:
            # Of what comes before the statements nobody waits for the answer.
            awaited = range(sent.first, len(sent.queries))
            pipe(self._connection, [*sent.queries, *end], listen, awaited=awaited)
            if fenced and written[0] != 1:
                raise fenced_off()
            if before is not None:
                require_same_rows(before, self._rows(), record.id)
            if not at_once:
                self._commit(len(sent.queries))
        except Refused as refused:
            if refused.position > len(sent.queries):
                raise self._not_as_before(refused.error) from None
            self._roll_back()
            if sent.of_last(refused.position) == _LOOK:
                seen = seen_by_look(refused.error, written=not fenced or written[0] == 1)
                if seen is not None:
                    raise seen from None
            error = _refusal(refused.error, refused.position, sent)
            raise pooled.refusal_of_first(error, self._target.name) from None
        except BaseException as error:
            self._roll_back()
            if isinstance(error, psycopg.Error):
                raise explain(error, "run it") from None
            raise
        if self._finished is not None:
            self._finished += _finished_by(record)

    def _rows(self) -> list[AppliedMigration]:
        return applied(self._connection, self._schema)

    def _sent(
        self, texts: Sequence[str], record: Record, needs: Sequence[Need], lifting: Collection[int]
    ) -> Sent:
        timeout = self._lock_timeout
        first = [*self._limits(), *self._alone_with(record), *self._first_locks(needs, timeout)]
        ourselves = pooled.OURSELVES if self._sessionless else OURSELVES
        look = look_query(record, self._schema, self._others(texts, record))
        row = record_query(record, self._schema)
        last = [*((each, ()) for each in (*ourselves, *TO_RECORD)), row, look]
        limit = limit_again(self._target, timeout) if lifting else None
        return Sent(first, texts, last, lifting=lifting, limit=limit)

    def _others(self, texts: Sequence[str], record: Record) -> int | None:
        """How many other rows are finished; None where the statements may be at them."""
        if self._finished is None or touches_rows(texts):
            return None
        return self._finished - isinstance(record, Back)

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


def _finished_by(record: Record) -> int:
    """How many more rows are finished after it."""
    if isinstance(record, Back):
        return -1
    return int(isinstance(record, Whole | Last))


def _refusal(refused: psycopg.Error, place: int, sent: Sent) -> PostgresError:
    """What is refused behind the statements is their row, or else their COMMIT: that may be because
    of what a statement has put off until then."""
    behind = sent.of_last(place)
    recording = behind in (_ROW, _LOOK)
    action = "run it" if behind < 0 else "record it" if recording else "commit it"
    error = explain(refused, action)
    error.position = sent.nearest(place)
    return error
