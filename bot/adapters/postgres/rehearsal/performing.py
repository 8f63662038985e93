"""Running the parts of a migration without looking on: for a history, for proofs, for a seed."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import psycopg

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.refusals import refusal_of
from bot.adapters.postgres.rehearsal.running import execute_bounded
from bot.core.rehearsal import Refusal
from bot.core.rehearsal_order import Part, Step

# What a file sets for its session must not reach the next one; apply does the same.
AS_BEFORE = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL"


class Performer:
    """Opens a connection of the author for each script, and closes it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        guard: Guard,
        create_extension: Callable[[Step], None],
    ) -> None:
        """`create_extension` makes one that is let in, as the superuser."""
        self._connect = connect
        self._guard = guard
        self._create_extension = create_extension

    def perform(self, parts: Sequence[Part]) -> Refusal | None:
        """Run the parts in order; None, or what stopped it. What is committed then stays."""
        with self._connect() as connection:
            return self.perform_on(connection, parts)

    def perform_on(self, connection: Connection, parts: Sequence[Part]) -> Refusal | None:
        step: Step | None = None
        try:
            for part in parts:
                with _together(connection, part):
                    for step in part.steps:
                        self._step(connection, step)
                    step = None
                connection.execute(AS_BEFORE.encode())
        except psycopg.Error as error:
            refusal = refusal_of(error, self._guard)
            return replace(refusal, statement=step.index if step else None)
        return None

    def _step(self, connection: Connection, step: Step) -> None:
        if step.extension:
            self._create_extension(step)
            return
        with self._guard.watching(connection):
            execute_bounded(connection, step.sql)


def _together(connection: Connection, part: Part) -> AbstractContextManager[object]:
    return connection.transaction() if part.transactional else nullcontext()
