"""Running the parts of a migration without looking on: for a history, for proofs, for a seed."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace

import psycopg

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.refusals import refusal_of
from bot.adapters.postgres.rehearsal.running import execute_bounded, transaction
from bot.adapters.postgres.target.session import AS_BEFORE
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal_order import Part, Step
from bot.errors import PostgresError


class Performer:
    """Opens a connection of the author for each script, and closes it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        guard: Guard,
        create_extension: Callable[[Step], None],
        *,
        older: bool = False,
    ) -> None:
        """`create_extension` makes one that is let in, as the superuser. `older` says that the
        server's major is below the target's."""
        self._connect = connect
        self._guard = guard
        self._create_extension = create_extension
        self._older = older

    def refusal(self, error: psycopg.Error, statement: int | None = None) -> Refusal:
        return refusal_of(error, self._guard, statement=statement, older=self._older)

    def perform(self, parts: Sequence[Part]) -> Refusal | None:
        """Run the parts in order; None, or what stopped it. What is committed then stays."""
        try:
            # Not by leaving the connection's own block, which would commit what was left open.
            with closing(self._connect()) as connection:
                return self.perform_on(connection, parts)
        except PostgresError as error:
            return refusal_without(error)

    def perform_on(self, connection: Connection, parts: Sequence[Part]) -> Refusal | None:
        step: Step | None = None
        try:
            for part in parts:
                with self._together(connection, part):
                    for step in part.steps:
                        self._step(connection, step)
                    step = None
                execute_bounded(connection, AS_BEFORE)
        except psycopg.Error as error:
            return self.refusal(error, step.index if step else None)
        except PostgresError as error:
            return replace(refusal_without(error), statement=step.index if step else None)
        return None

    def _step(self, connection: Connection, step: Step) -> None:
        if step.extension:
            self._create_extension(step)
            return
        with self._guard.watching(connection):
            execute_bounded(connection, step.sql)

    def _together(self, connection: Connection, part: Part) -> AbstractContextManager[None]:
        return transaction(connection, self._guard) if part.transactional else nullcontext()


def refusal_without(error: PostgresError) -> Refusal:
    """Of what failed beside the statements: there is no connection, or no extension."""
    return Refusal(Stop.CONNECTION, error.message, sqlstate=error.sqlstate, hint=error.hint)
