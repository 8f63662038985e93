"""The author's session for one migration: statements are run in it, watched and listened to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.pq import TransactionStatus

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.places.extensions import create_extension
from bot.adapters.postgres.rehearsal.refusals import refusal_of
from bot.adapters.postgres.rehearsal.running import execute_bounded
from bot.adapters.postgres.rehearsal.trace.hearing import LEVEL, Listener
from bot.adapters.postgres.rehearsal.trace.looking import Look, look
from bot.adapters.postgres.target.session import AS_BEFORE
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal_order import Step

_LEAVE_OUT = "Leave BEGIN, COMMIT and ROLLBACK out: the bot opens and closes transactions."


class Stopped(Exception):
    """A migration that was stopped, with what is said of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Session:
    """`current` is the statement that is being run, by its place in the file, if it is one."""

    def __init__(
        self, connection: Connection, admin: Connection, guard: Guard, *, older: bool
    ) -> None:
        # Statements like DISCARD ALL take prepared ones away.
        connection.prepare_threshold = None
        self.connection = connection
        self.pid = connection.info.backend_pid
        self.listener = Listener()
        self.current: int | None = None
        self._admin = admin
        self._guard = guard
        self._older = older
        connection.add_notice_handler(self.listener)

    @property
    def idle(self) -> bool:
        return self.connection.info.transaction_status == TransactionStatus.IDLE

    def reset(self) -> None:
        self.run(AS_BEFORE)

    def run(self, sql: str) -> float:
        """How many milliseconds it took. Raises Stopped if it failed."""
        with self._watched(self.connection):
            began = time.perf_counter()
            execute_bounded(self.connection, sql)
            return milliseconds_since(began)

    def perform(self, step: Step) -> float:
        """As `run`; an extension is made by the superuser in the step's place."""
        if not step.extension:
            return self.run(step.sql)
        with self._watched(self._admin):
            began = time.perf_counter()
            create_extension(self._admin, step.extension, schema=step.schema)
            return milliseconds_since(began)

    def look(self) -> Look:
        return look(self._admin, self.pid)

    @contextmanager
    def loud(self, how: str) -> Iterator[None]:
        """For the length of a block the server says what it does. `how` is how settings are set."""
        self.listener.take()
        level = self._level()
        if level != LEVEL:
            self._set_level(how, LEVEL)
        yield
        # Back to what it was, unless the statement has chosen another one.
        if level != LEVEL and self._level() == LEVEL:
            self._set_level(how, level)

    def roll_back(self) -> None:
        """So that its locks are gone before the next thing is done."""
        with suppress(psycopg.Error), self._guard.watching(self.connection):
            if not self.connection.closed:
                execute_bounded(self.connection, "ROLLBACK")

    def _level(self) -> str:
        row = self.connection.execute("SHOW client_min_messages").fetchone()
        return str(row[0]) if row else LEVEL

    def _set_level(self, how: str, level: str) -> None:
        self.connection.execute(f"{how} client_min_messages = {level}".encode())

    @contextmanager
    def _watched(self, connection: Connection) -> Iterator[None]:
        if self._guard.exhausted:
            raise too_late(self.current)
        try:
            with self._guard.watching(connection):
                yield
        except psycopg.Error as error:
            # Now, because the guard knows only of what it watched last.
            refusal = refusal_of(error, self._guard, statement=self.current, older=self._older)
            raise Stopped(refusal) from None


def milliseconds_since(began: float) -> float:
    """By the clock of time.perf_counter, as exactly as anybody will be told."""
    return round((time.perf_counter() - began) * 1000.0, 3)


def ended(step: Step) -> Stopped:
    message = "it ended the transaction that it was part of"
    return Stopped(Refusal(Stop.REFUSED, message, step.index, hint=_LEAVE_OUT))


def left_open(step: Step) -> Stopped:
    return Stopped(Refusal(Stop.REFUSED, "it left a transaction open", step.index, hint=_LEAVE_OUT))


def too_late(statement: int | None) -> Stopped:
    message = "the time for the whole rehearsal is over"
    hint = "Raise `rehearsal.seconds`, or split the migrations over pull requests."
    return Stopped(Refusal(Stop.TIME, message, statement, hint=hint))
