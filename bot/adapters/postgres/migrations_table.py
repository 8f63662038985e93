"""The migrations table, `_prisma_migrations`: read as Prisma reads it, written as Prisma writes it.

Every statement names the table with its schema: a migration may have changed the search path.
Times are the server's own, so that a runner whose clock is wrong does no harm.
"""

from collections.abc import Sequence
from uuid import uuid4

from psycopg import Error, sql
from psycopg.errors import UndefinedTable
from psycopg.pq import TransactionStatus

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.piping import Answer, Query, say
from bot.core.migrations.migration import AppliedMigration
from bot.core.targets.url import DEFAULT_SCHEMA
from bot.errors import HistoryError

TABLE = "_prisma_migrations"

# prisma-engines, `flavour/postgres.rs::create_migrations_table`, with the schema before the name.
_CREATE = """CREATE TABLE {table} (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
);"""
# In the order of the fields of AppliedMigration.
_SELECT = """SELECT id, migration_name, checksum, started_at, finished_at, rolled_back_at, logs,
    applied_steps_count
FROM {table} ORDER BY started_at ASC"""

# Tables that PostGIS brings along; they do not make a database "not empty" (Prisma's P3005).
_POSTGIS = (
    "spatial_ref_sys",
    "geometry_columns",
    "geography_columns",
    "raster_columns",
    "raster_overviews",
)


def new_id() -> str:
    """An id as Prisma makes them, chosen before the row is written."""
    return str(uuid4())


def exists(connection: Connection, schema: str = DEFAULT_SCHEMA) -> bool:
    with explained("look for the migrations table"):
        return _any(
            connection,
            "SELECT 1 FROM pg_catalog.pg_class c "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p')",
            schema,
            TABLE,
        )


def is_empty_database(connection: Connection, schema: str = DEFAULT_SCHEMA) -> bool:
    """Whether Prisma would begin a history here (otherwise it answers P3005).

    Only ordinary tables of this one schema count; views, types and functions do not.
    """
    with explained("look for tables"):
        return not _any(
            connection,
            "SELECT 1 FROM pg_catalog.pg_class c "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = %s AND c.relkind = 'r' AND c.relname <> %s "
            "AND pg_catalog.lower(c.relname) <> ALL (%s)",
            schema,
            TABLE,
            list(_POSTGIS),
        )


def create(
    connection: Connection, schema: str = DEFAULT_SCHEMA, *, comment: str | None = None
) -> None:
    """Make the table, and the schema first if there is none, as Prisma does on connecting."""
    with explained("create the migrations table"), connection.transaction():
        # Asking first: CREATE SCHEMA IF NOT EXISTS wants a right that few roles have.
        if not _any(connection, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", schema):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        connection.execute(_about(_CREATE, schema))
        if comment is not None:
            connection.execute(_comment(comment, schema))


def comment(connection: Connection, text: str, *, schema: str = DEFAULT_SCHEMA) -> None:
    """Write it on the table; Prisma has no eyes for comments. Waits a moment for its lock only."""
    said = _comment(text, schema).as_string(connection)
    with explained("mark the migrations table"):
        # One message is one transaction.
        say(connection, f"SET LOCAL lock_timeout = '1s'; {said}")


def applied(connection: Connection, schema: str = DEFAULT_SCHEMA) -> list[AppliedMigration]:
    """Every row, the oldest first; none if Prisma has never been here."""
    return applied_if_there(connection, schema) or []


def applied_if_there(
    connection: Connection, schema: str = DEFAULT_SCHEMA
) -> list[AppliedMigration] | None:
    """Every row, the oldest first; None without a table. It is read without a look whether it is
    there, unless that could break a transaction."""
    if connection.info.transaction_status != TransactionStatus.IDLE and not exists(
        connection, schema
    ):
        return None
    with explained("read the migrations table"):
        try:
            # In binary: the text of a time follows the DateStyle of the role or the database.
            rows = connection.execute(_about(_SELECT, schema), binary=True).fetchall()
        except UndefinedTable:
            return None
    return [AppliedMigration(*row) for row in rows]


def rows_query(schema: str) -> Query:
    """The same to be asked along with something else; see rows_in."""
    return _about(_SELECT, schema).as_string(None), ()


def rows_in(answer: Answer) -> list[AppliedMigration] | None:
    """Every row, the oldest first; None without a table. Raises PostgresError."""
    if isinstance(answer, UndefinedTable):
        return None
    with explained("read the migrations table"):
        if isinstance(answer, Error):
            raise answer
    return [AppliedMigration(*row) for row in answer]


def insert_finished(
    connection: Connection, name: str, checksum: str, *, id: str, schema: str = DEFAULT_SCHEMA
) -> None:
    """The row of a migration that is committed together with it: `now()` is when it began."""
    _write(
        connection,
        f"record that {name} is applied",
        "INSERT INTO {table} (id, checksum, migration_name, started_at, finished_at, "
        "applied_steps_count) VALUES (%s, %s, %s, now(), clock_timestamp(), 1)",
        schema,
        id,
        checksum,
        name,
    )


def resolve_rolled_back(
    connection: Connection, names: Sequence[str], *, schema: str = DEFAULT_SCHEMA
) -> int:
    """`prisma migrate resolve --rolled-back`; how many unfinished rows there were."""
    return _write(
        connection,
        "mark migrations as rolled back",
        "UPDATE {table} SET rolled_back_at = clock_timestamp() "
        "WHERE migration_name = ANY (%s) AND finished_at IS NULL AND rolled_back_at IS NULL",
        schema,
        list(names),
    )


def resolve_applied(
    connection: Connection, marked: Sequence[tuple[str, str]], *, schema: str = DEFAULT_SCHEMA
) -> None:
    """`prisma migrate resolve --applied`, of names with their checksums: no steps, empty logs,
    finished when it started. The rows are a microsecond apart: Prisma reads them by their time.

    Raises HistoryError if not all of them are there then."""
    ids = [new_id() for _ in marked]
    _write(
        connection,
        "mark migrations as applied",
        "INSERT INTO {table} (id, checksum, migration_name, started_at, finished_at, logs, "
        "applied_steps_count) SELECT id, checksum, name, at, at, '', 0 "
        "FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS row "
        "(id, checksum, name, place), "
        "LATERAL (SELECT clock_timestamp() + place * interval '1 microsecond') AS now (at)",
        schema,
        ids,
        [checksum for _, checksum in marked],
        [name for name, _ in marked],
    )
    with explained("see whether they are marked"):
        look = "SELECT 1 FROM {table} WHERE id = ANY (%s) AND finished_at IS NOT NULL"
        kept = connection.execute(_about(look, schema), (ids,)).rowcount
    if kept != len(ids):
        raise HistoryError(
            f"{TABLE} keeps {kept} of the {len(ids)} rows that were written, so none was kept.",
            hint=f"Look for a trigger, a rule or row level security on {TABLE}.",
        )


def _write(
    connection: Connection, action: str, statement: str, schema: str, *values: str | list[str]
) -> int:
    with explained(action):
        return connection.execute(_about(statement, schema), values).rowcount


def _comment(text: str, schema: str) -> sql.Composed:
    return _about("COMMENT ON TABLE {table} IS ", schema) + sql.Literal(text)


def _any(connection: Connection, query: str, *values: str | list[str]) -> bool:
    return connection.execute(query.encode(), values).fetchone() is not None


def _about(statement: str, schema: str) -> sql.Composed:
    # A literal of this module; only the schema's name comes from outside, and it is quoted.
    return sql.SQL(statement).format(table=sql.Identifier(schema, TABLE))
