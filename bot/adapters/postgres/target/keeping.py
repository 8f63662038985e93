"""A look at the rows before COMMIT: a trigger, a rule, row level security or the file itself may
have them otherwise than they were written, and what is not recorded would be run once more.

The look refuses by an error of its own, which takes the transaction with it: no answer is awaited,
and it costs no round trip.
"""

from functools import lru_cache

import psycopg
from psycopg import sql

from bot.adapters.postgres.migrations_table import TABLE
from bot.adapters.postgres.piping import Query
from bot.core.rollouts.checkpoint import Back, Before, Checkpoint, Last, LastBack, Record, Whole
from bot.errors import HistoryError

# A division by zero if our row is not as it was written, the root of -1 if there are more or fewer
# others that are applied than before.
_LOOK = """SELECT 1 / count(*) FILTER (WHERE id = $1 AND {own}),
    pg_catalog.sqrt(CASE WHEN $2::text IS NULL OR $2::text::bigint = count(*) FILTER (
        WHERE id <> $1 AND finished_at IS NOT NULL AND rolled_back_at IS NULL) THEN 0 ELSE -1 END)
    FROM {table}"""
_APPLIED = "rolled_back_at IS NULL AND finished_at IS NOT NULL AND checksum = $3"
_WHOLE = f"{_APPLIED} AND migration_name = $4"
_BACK = "rolled_back_at IS NOT NULL AND finished_at IS NULL AND logs = $3"
_CLOSED = "rolled_back_at IS NULL AND finished_at IS NOT NULL"
_CLOSED += " AND logs IS NOT DISTINCT FROM $3::text"
_OPEN = "rolled_back_at IS NULL AND finished_at IS NULL"
_OPEN += " AND applied_steps_count = $3::text::int AND logs = $4"
_NOT_OURS = psycopg.errors.DivisionByZero
_NOT_OTHERS = psycopg.errors.InvalidArgumentForPowerFunction


def look_query(record: Record, schema: str, finished: int | None = None) -> Query:
    """Asks whether the record is there as it was written, and so many others are finished."""
    before = record.id, None if finished is None else str(finished)
    if isinstance(record, Whole):
        migration = record.migration
        return _look(_WHOLE, schema), (*before, migration.checksum, migration.name)
    if isinstance(record, Back | LastBack):
        return _look(_BACK, schema), (*before, record.logs)
    checkpoint = record.checkpoint
    if isinstance(record, Last):
        return _look(_APPLIED, schema), (*before, checkpoint.checksum)
    return _look(_OPEN, schema), (*before, str(checkpoint.steps), checkpoint.text())


def look_at_start(id: str, checkpoint: Checkpoint, schema: str) -> Query:
    """The same of the row of a migration that begins."""
    return _look(_OPEN, schema), (id, None, "0", checkpoint.text())


def look_at_close(id: str, before: Before, schema: str) -> Query:
    """The same of the row of one that is applied as it was before."""
    return _look(_CLOSED, schema), (id, None, before.logs)


def seen_by_look(refused: psycopg.Error, *, written: bool = True) -> HistoryError | None:
    """What it means that the look was refused, if it refused by itself; `written` says that a row
    was changed, and that it had been as we left it."""
    if isinstance(refused, _NOT_OTHERS):
        return _others_changed()
    if isinstance(refused, _NOT_OURS):
        return _not_kept() if written else fenced_off()
    return None


def fenced_off() -> HistoryError:
    return HistoryError(
        "The row of the migration that was running was changed by somebody else, or by the "
        "migration itself.",
        hint="See who else applies migrations here, and whether a statement, a trigger or a rule "
        f"changes {TABLE}; then compare with `migration-bot status`.",
    )


def _not_kept() -> HistoryError:
    return HistoryError(
        f"{TABLE} does not keep the row of this migration as it is written, so that nothing of its "
        "transaction was kept.",
        hint=f"Look for a trigger, a rule or row level security on {TABLE}, made by this migration "
        "or before, and take it off; then run this again.",
    )


def _others_changed() -> HistoryError:
    return HistoryError(
        f"While it ran, rows of other migrations in {TABLE} were added, deleted or rolled back, so "
        "that nothing of its transaction was kept.",
        hint="If this migration does it, by a function or a trigger, take that out; else see who "
        f"else changes {TABLE}. Then compare with `migration-bot status`.",
    )


@lru_cache(maxsize=16)
def _look(own: str, schema: str) -> str:
    # Literals of this module; only the schema's name comes from outside, and it is quoted.
    table = sql.Identifier(schema, TABLE)
    return sql.SQL(_LOOK).format(own=sql.SQL(own), table=table).as_string(None)
