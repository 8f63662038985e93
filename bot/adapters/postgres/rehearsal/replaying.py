"""The base history, run as fast as the server takes it: nobody looks at what is merged."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing

import psycopg

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.performing import Performer
from bot.adapters.postgres.rehearsal.running import execute_bounded
from bot.adapters.postgres.target.session import AS_BEFORE
from bot.core.rehearsals.rehearsal import HistoryRefusal
from bot.core.rehearsals.rehearsal_order import BaseMigration

_TOLD_EVERY = 0.5


def replay(
    connect: Callable[[], Connection],
    migrations: Sequence[BaseMigration],
    performer: Performer,
    guard: Guard,
    note: Callable[[str], None],
) -> HistoryRefusal | None:
    """Run them in order; None, or where it stopped.

    Each goes to the server as one message, which PostgreSQL runs as one transaction. One with
    parts goes statement by statement, and then it is known which of them was refused.
    """
    if not migrations:
        return None
    told = time.monotonic()
    with closing(connect()) as connection:
        for number, each in enumerate(migrations):
            if time.monotonic() - told > _TOLD_EVERY:
                told = time.monotonic()
                note(f"replaying {number:,} of {len(migrations):,} migrations")
            in_parts = _in_parts if each.parts else _at_once
            refused = in_parts(connection, each, performer, guard)
            if refused is not None:
                return refused
    return None


def _at_once(
    connection: Connection, migration: BaseMigration, performer: Performer, guard: Guard
) -> HistoryRefusal | None:
    try:
        with guard.watching(connection):
            execute_bounded(connection, f"{migration.sql}\n;{AS_BEFORE}")
    except psycopg.Error as error:
        return HistoryRefusal(migration.name, performer.refusal(error), _line(migration, error))
    return None


def _line(migration: BaseMigration, error: psycopg.Error) -> int:
    """The line of the file that the server points at; 0 if it points nowhere."""
    position = error.diag.statement_position
    return migration.sql.count("\n", 0, int(position)) + 1 if position else 0


def _in_parts(
    connection: Connection, migration: BaseMigration, performer: Performer, _: Guard
) -> HistoryRefusal | None:
    refusal = performer.perform_on(connection, migration.parts)
    if refusal is None:
        return None
    steps = [step for part in migration.parts for step in part.steps]
    line = next((step.line for step in steps if step.index == refusal.statement), 0)
    return HistoryRefusal(migration.name, refusal, line)
