"""Runs migrations statement by statement and says what each did, from outside the statement.

Between statements three things are read: locks and WAL by the superuser, changes of the catalogue
by the session that made them (nobody else can see them yet), and what the server said meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import psycopg

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.batched import prove
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.refusals import refusal_of, shown
from bot.adapters.postgres.rehearsal.trace.alone import Alone
from bot.adapters.postgres.rehearsal.trace.observing import Standing
from bot.adapters.postgres.rehearsal.trace.session import Session, Stopped
from bot.adapters.postgres.rehearsal.trace.together import Together
from bot.core.rehearsals.proofs import BatchProof
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import RehearsedStatement
from bot.core.rehearsals.rehearsal_order import Part
from bot.errors import PostgresError


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
        self._standing = Standing(admin)
        self._old = frozenset(self._standing.reading.snapshot.relations)

    def run(self, parts: Sequence[Part]) -> Traced:
        """One migration, on a connection of its own. Whatever it does is in the answer."""
        run = _Run()
        refused = None
        try:
            with self._connected() as connection:
                run.session = Session(connection, self._admin, self._guard, older=self._older)
                self._run(run, run.session, parts)
        except (Stopped, PostgresError, psycopg.Error, UnicodeError, ValueError) as error:
            refused = self._refusal(error, run.current)
        return Traced(tuple(run.statements), refused, run.committed)

    def _run(self, run: "_Run", session: Session, parts: Sequence[Part]) -> None:
        together = Together(session, self._standing, self._old)
        alone = Alone(session, self._admin, self._standing, self._old)
        for part in parts:
            session.current = None
            session.reset()
            proof = self._proof(part)
            kind = together if part.transactional else alone
            kind.run(part, run.statements)
            if proof is not None:
                run.statements[-1] = replace(run.statements[-1], batches=proof)
            run.committed += 1

    def _proof(self, part: Part) -> BatchProof | None:
        """Of a part that goes in batches, which is one statement; before it changes the rows."""
        step = part.steps[0]
        if step.change is None:
            return None
        return prove(self._author, step, step.change, self._guard)

    def _refusal(self, error: Exception, statement: int | None) -> Refusal:
        if isinstance(error, Stopped):
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


@dataclass
class _Run:
    """How far one migration has come."""

    statements: list[RehearsedStatement] = field(default_factory=list)
    committed: int = 0
    session: Session | None = None

    @property
    def current(self) -> int | None:
        return self.session.current if self.session else None
