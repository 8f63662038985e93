"""What is written into Prisma's rows in the transaction of what it is about, as queries.

Every UPDATE asks for the row as it was left: if another has been at it, it changes nothing, and the
transaction is given up.
"""

from functools import lru_cache

from psycopg import sql

from bot.adapters.postgres.migrations_table import TABLE
from bot.adapters.postgres.piping import Query
from bot.core.rollouts.checkpoint import (
    Back,
    Before,
    Checkpoint,
    Last,
    LastBack,
    Record,
    Step,
    Whole,
)

# `now()` is when the transaction began.
_WHOLE = """INSERT INTO {table} (id, checksum, migration_name, started_at, finished_at,
    applied_steps_count) VALUES ($1, $2, $3, now(), clock_timestamp(), 1)"""
# The row as it was left, and nobody else's.
_OURS = "id = $1 AND finished_at IS NULL AND rolled_back_at IS NULL"
_OURS += " AND applied_steps_count = $2::text::int"
_STEP = """UPDATE {table} SET applied_steps_count = applied_steps_count + 1, logs = $3
    WHERE {ours}"""
_LAST = """UPDATE {table} SET applied_steps_count = 1, logs = NULL, checksum = $3,
    finished_at = clock_timestamp() WHERE {ours}"""
_NOTE = "UPDATE {table} SET logs = $3 WHERE {ours}"
# As `prisma migrate resolve --rolled-back` leaves a row: with a `finished_at` nobody could mark it
# as applied again (P3008).
_BACK = """UPDATE {table} SET rolled_back_at = clock_timestamp(), finished_at = NULL, logs = $2
    WHERE id = $1 AND finished_at IS NOT NULL AND rolled_back_at IS NULL"""
_LAST_BACK = """UPDATE {table} SET rolled_back_at = clock_timestamp(), logs = $3 WHERE {ours}"""
_REOPEN = """UPDATE {table} SET finished_at = NULL, applied_steps_count = 0, logs = $2
    WHERE id = $1 AND finished_at IS NOT NULL AND rolled_back_at IS NULL"""
_CLOSE = """UPDATE {table} SET finished_at = $3::text::timestamptz, logs = $4,
    applied_steps_count = $5::text::int WHERE {ours}"""
_START = """INSERT INTO {table} (id, checksum, migration_name, started_at, logs)
    VALUES ($1, $2, $3, clock_timestamp(), $4)"""
_FORGET = "DELETE FROM {table} WHERE {ours}"


def record_query(record: Record, schema: str) -> Query:
    """Of what is not `Whole` it changes one row, or none if the row is not as it was."""
    if isinstance(record, Whole):
        migration = record.migration
        return _query(_WHOLE, schema, record.id, migration.checksum, migration.name)
    if isinstance(record, Back):
        return _query(_BACK, schema, record.id, record.logs)
    checkpoint = record.checkpoint
    if isinstance(record, LastBack):
        return _query(_LAST_BACK, schema, record.id, str(checkpoint.steps - 1), record.logs)
    if isinstance(record, Last):
        before = str(checkpoint.steps - 1)
        return _query(_LAST, schema, record.id, before, checkpoint.checksum)
    if isinstance(record, Step):
        return _query(_STEP, schema, record.id, str(checkpoint.steps - 1), checkpoint.text())
    return _query(_NOTE, schema, record.id, str(checkpoint.steps), checkpoint.text())


def start_query(id: str, name: str, checkpoint: Checkpoint, schema: str) -> Query:
    return _query(_START, schema, id, checkpoint.checksum, name, checkpoint.text())


def forget_query(id: str, steps: int, schema: str) -> Query:
    return _query(_FORGET, schema, id, str(steps))


def reopen_query(id: str, checkpoint: Checkpoint, schema: str) -> Query:
    """The row of an applied migration is unfinished from here on: it keeps Prisma out (P3009)."""
    return _query(_REOPEN, schema, id, checkpoint.text())


def close_query(id: str, before: Before, schema: str) -> Query:
    """Such a row says again what it said before; nothing of what was begun is committed."""
    steps = str(before.steps)
    return _query(_CLOSE, schema, id, "0", before.finished_at, before.logs, steps)


def _query(text: str, schema: str, *values: str | None) -> Query:
    return _about(text, schema), values


@lru_cache(maxsize=16)
def _about(text: str, schema: str) -> str:
    # Literals of this module; only the schema's name comes from outside, and it is quoted.
    table = sql.Identifier(schema, TABLE)
    return sql.SQL(text).format(table=table, ours=sql.SQL(_OURS)).as_string(None)
