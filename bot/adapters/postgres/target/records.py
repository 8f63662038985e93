"""What is written into Prisma's rows in the transaction of what it is about, as queries.

Every UPDATE asks for the row as it was left: if another has been at it, it changes nothing, and the
transaction is given up.
"""

from psycopg import sql

from bot.adapters.postgres.migrations_table import TABLE
from bot.adapters.postgres.piping import Query
from bot.core.checkpoint import Checkpoint, Last, Record, Step, Whole
from bot.errors import HistoryError

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
_START = """INSERT INTO {table} (id, checksum, migration_name, started_at, logs)
    VALUES ($1, $2, $3, clock_timestamp(), $4)"""
_FORGET = "DELETE FROM {table} WHERE {ours}"
# Refuses by a division by zero, which takes the transaction with it: no other answer is awaited.
_KEPT = "SELECT 1 / count(*) FROM {table} WHERE id = $1 AND rolled_back_at IS NULL AND "
_KEPT_WHOLE = _KEPT + "finished_at IS NOT NULL AND checksum = $2 AND migration_name = $3"
_KEPT_LAST = _KEPT + "finished_at IS NOT NULL AND checksum = $2"
_KEPT_OPEN = _KEPT + "finished_at IS NULL AND applied_steps_count = $2::text::int AND logs = $3"
_OTHERS = """SELECT 1 / (count(*) = $2::text::int)::int FROM {table}
    WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL AND id <> $1"""


def record_queries(record: Record, schema: str) -> list[Query]:
    """Writes the row, and makes sure that it is there as it was written: a trigger, a rule or row
    level security may have it otherwise, and the migration would be run once more.

    Of what is not `Whole` the first changes one row, or none if the row is not as it was.
    """
    if isinstance(record, Whole):
        migration = record.migration
        row = record.id, migration.checksum, migration.name
        return [_query(_WHOLE, schema, *row), _query(_KEPT_WHOLE, schema, *row)]
    checkpoint = record.checkpoint
    if isinstance(record, Last):
        row = record.id, str(checkpoint.steps - 1), checkpoint.checksum
        kept = _query(_KEPT_LAST, schema, record.id, checkpoint.checksum)
        return [_query(_LAST, schema, *row), kept]
    kept = _kept_open(record.id, checkpoint, schema)
    if isinstance(record, Step):
        row = record.id, str(checkpoint.steps - 1), checkpoint.text()
        return [_query(_STEP, schema, *row), kept]
    row = record.id, str(checkpoint.steps), checkpoint.text()
    return [_query(_NOTE, schema, *row), kept]


def start_queries(id: str, name: str, checkpoint: Checkpoint, schema: str) -> list[Query]:
    """The same of the row of a migration that begins."""
    row = id, checkpoint.checksum, name, checkpoint.text()
    return [_query(_START, schema, *row), _kept_open(id, checkpoint, schema)]


def forget_query(id: str, steps: int, schema: str) -> Query:
    return _query(_FORGET, schema, id, str(steps))


def others_query(id: str, finished: int, schema: str) -> Query:
    """Refuses unless so many other migrations are recorded as applied."""
    return _query(_OTHERS, schema, id, str(finished))


def not_kept() -> HistoryError:
    """What it means that the second of those queries was refused."""
    return HistoryError(
        f"{TABLE} does not keep the row of this migration as it is written, so that nothing of its "
        "transaction was kept.",
        hint=f"Look for a trigger, a rule or row level security on {TABLE}, made by this migration "
        "or before, and take it off; then run this again.",
    )


def others_changed() -> HistoryError:
    """What it means that `others_query` was refused."""
    return HistoryError(
        f"While it ran, rows of other migrations in {TABLE} were added, deleted or rolled back, so "
        "that nothing of its transaction was kept.",
        hint="If this migration does it, by a function or a trigger, take that out; else see who "
        f"else changes {TABLE}. Then compare with `migration-bot status`.",
    )


def _kept_open(id: str, checkpoint: Checkpoint, schema: str) -> Query:
    return _query(_KEPT_OPEN, schema, id, str(checkpoint.steps), checkpoint.text())


def _query(text: str, schema: str, *values: str) -> Query:
    # Literals of this module; only the schema's name comes from outside, and it is quoted.
    table = sql.Identifier(schema, TABLE)
    quoted = sql.SQL(text).format(table=table, ours=sql.SQL(_OURS))
    return quoted.as_string(None), values
