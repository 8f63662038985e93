"""Rows of `_prisma_migrations`, as Prisma leaves them over the life of a migration."""

from collections.abc import Iterator

import pytest

from bot.adapters.postgres import migrations_table as table
from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.piping import pipe
from bot.adapters.postgres.target.records import start_query
from bot.core.migrations.migration import AppliedMigration, checksum_of
from bot.core.rollouts.checkpoint import Checkpoint
from bot.errors import PostgresError

NAME = "20240529000000_initial_schema"
CHECKSUM = checksum_of("CREATE TABLE t ();")
ODD = 'od"d one'


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    with connect(database, application_name="test") as opened:
        yield opened


@pytest.fixture(params=["public", ODD])
def schema(request: pytest.FixtureRequest, connection: Connection) -> str:
    """A schema with a migrations table in it."""
    table.create(connection, request.param)
    return str(request.param)


def begin(connection: Connection, schema: str) -> None:
    pipe(connection, [start_query(table.new_id(), NAME, Checkpoint(CHECKSUM), schema)])


def only_row(connection: Connection, schema: str) -> AppliedMigration:
    (row,) = table.applied(connection, schema)
    return row


def test_where_prisma_has_never_been_there_are_no_rows(connection: Connection) -> None:
    assert not table.exists(connection)
    assert table.applied(connection) == []
    assert table.applied(connection, "nowhere") == []
    assert table.is_empty_database(connection, "nowhere")


def test_the_table_is_the_one_that_prisma_makes(connection: Connection, schema: str) -> None:
    assert table.exists(connection, schema)
    columns = connection.execute(
        "SELECT column_name, data_type, character_maximum_length, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = %s ORDER BY ordinal_position",
        [schema],
    ).fetchall()
    assert columns == [
        ("id", "character varying", 36, "NO", None),
        ("checksum", "character varying", 64, "NO", None),
        ("finished_at", "timestamp with time zone", None, "YES", None),
        ("migration_name", "character varying", 255, "NO", None),
        ("logs", "text", None, "YES", None),
        ("rolled_back_at", "timestamp with time zone", None, "YES", None),
        ("started_at", "timestamp with time zone", None, "NO", "now()"),
        ("applied_steps_count", "integer", None, "NO", "0"),
    ]
    keys = connection.execute("SELECT conname FROM pg_constraint WHERE contype = 'p'").fetchall()
    assert ("_prisma_migrations_pkey",) in keys


def test_a_migration_is_recorded_in_its_own_transaction(
    connection: Connection, schema: str
) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL search_path = ''")
        connection.execute("CREATE TABLE public.made ()")
        table.insert_finished(connection, NAME, CHECKSUM, id=table.new_id(), schema=schema)
    row = only_row(connection, schema)
    assert row.finished
    assert row.applied_steps_count == 1
    assert row.logs is None
    with connection.transaction(force_rollback=True):
        table.insert_finished(connection, "next", CHECKSUM, id=table.new_id(), schema=schema)
    assert only_row(connection, schema) == row


def test_a_failed_migration_is_resolved_as_rolled_back(connection: Connection, schema: str) -> None:
    begin(connection, schema)
    assert table.resolve_rolled_back(connection, [NAME], schema=schema) == 1
    row = only_row(connection, schema)
    assert not row.unfinished
    assert not row.finished
    assert row.rolled_back_at is not None
    assert table.resolve_rolled_back(connection, [NAME], schema=schema) == 0


def test_a_failed_migration_is_resolved_as_applied(connection: Connection, schema: str) -> None:
    begin(connection, schema)
    table.resolve_rolled_back(connection, [NAME], schema=schema)
    table.resolve_applied(connection, [(NAME, CHECKSUM)], schema=schema)
    before, after = table.applied(connection, schema)
    assert before.rolled_back_at is not None
    assert after.finished
    assert after.finished_at == after.started_at
    assert (after.logs, after.applied_steps_count) == ("", 0)


def test_rows_come_oldest_first(connection: Connection, schema: str) -> None:
    for name in ("b", "a", "c"):
        table.insert_finished(connection, name, CHECKSUM, id=table.new_id(), schema=schema)
    assert [row.name for row in table.applied(connection, schema)] == ["b", "a", "c"]


def test_a_table_that_may_not_be_read_is_no_empty_history(
    connection: Connection, schema: str
) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE ROLE outsider; SET LOCAL ROLE outsider")
        with pytest.raises(PostgresError) as caught:
            table.applied(connection, schema)
    assert caught.value.sqlstate == "42501"


@pytest.mark.parametrize(
    ("statement", "empty"),
    [
        ("SELECT 1", True),
        ("CREATE VIEW v AS SELECT 1 AS one", True),
        ("CREATE TYPE mood AS ENUM ('ok')", True),
        ("CREATE TABLE parent (id int) PARTITION BY LIST (id)", True),
        ('CREATE TABLE "Spatial_Ref_Sys" ()', True),
        ("CREATE SCHEMA other; CREATE TABLE other.t ()", True),
        ("CREATE TABLE t ()", False),
        ("CREATE UNLOGGED TABLE t ()", False),
    ],
)
def test_a_database_is_empty_where_prisma_says_so(
    connection: Connection, statement: str, empty: bool
) -> None:
    connection.execute(statement.encode())
    assert table.is_empty_database(connection) is empty
    table.create(connection)
    assert table.is_empty_database(connection) is empty
