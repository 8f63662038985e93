"""What a transaction carries along behind a transaction pooler, where no session is ours.

Nothing is set but for the transaction: the next one on that connection may be the application's.
"""

from psycopg import sql

from bot.adapters.postgres.migrations_table import TABLE
from bot.adapters.postgres.piping import Query
from bot.core.rollouts.checkpoint import Back, Record, Whole
from bot.errors import HistoryError, PostgresError

LOCKED = "55P03"
RECORDED = "MB001"

# The lock is tried and not waited for: a waiting query's snapshot holds up CONCURRENTLY.
_ALONE = """DO $migration_bot$ BEGIN
    IF NOT ({locks}) THEN
        RAISE EXCEPTION 'another rollout has the migration lock' USING ERRCODE = '55P03';
    END IF;
    {unless_recorded}
END $migration_bot$"""
_UNLESS_RECORDED = """IF EXISTS (
        SELECT FROM {table} WHERE migration_name = {name} AND rolled_back_at IS NULL
    ) THEN
        RAISE EXCEPTION 'somebody else has recorded it meanwhile' USING ERRCODE = 'MB001';
    END IF;"""
# As at the start of the session, until the end of the transaction.
OURSELVES = ("SET LOCAL SESSION AUTHORIZATION DEFAULT", "SET LOCAL ROLE NONE")


def first_queries(
    record: Record, *, schema: str, search_path: bool, keys: tuple[int, ...]
) -> list[Query]:
    """After BEGIN: the locks, that nobody else was here, and the schema's search path."""
    assert isinstance(record, Whole | Back)
    locks = sql.SQL(" AND ").join(
        sql.SQL("pg_try_advisory_xact_lock({})").format(sql.Literal(key)) for key in keys
    )
    alone = sql.SQL(_ALONE).format(locks=locks, unless_recorded=_unless_recorded(record, schema))
    path = sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema))
    said = [alone, path] if search_path else [alone]
    return [(each.as_string(None), ()) for each in said]


def _unless_recorded(record: Whole | Back, schema: str) -> sql.Composable:
    """A row that is to be changed is asked for as it was left by what changes it."""
    if isinstance(record, Back):
        return sql.SQL("")
    table, name = sql.Identifier(schema, TABLE), sql.Literal(record.migration.name)
    return sql.SQL(_UNLESS_RECORDED).format(table=table, name=name)


def refusal_of_first(error: PostgresError, target: str) -> PostgresError | HistoryError:
    """What it means that one of `first_queries` was refused."""
    if error.sqlstate == RECORDED:
        return HistoryError(
            f"{target}: somebody else has applied this migration meanwhile.",
            hint=f"Look at `migration-bot status {target}`, then run it again.",
        )
    return error
