"""Running migrations on a real server as the bot applies them, and reading what came of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from bot.adapters.postgres.catalogue import snapshot
from bot.core.findings.review import JudgedMigration
from bot.core.schemas.schema import Snapshot
from bot.rollout.segments import segments_of
from tests.conftest import RunningServer

Rows = dict[str, list[str]]

_TABLES = """
SELECT format('%I', relname), (
    SELECT array_agg(ARRAY[quote_ident(attname), format_type(atttypid, atttypmod)] ORDER BY attnum)
    FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    AND attgenerated = '' AND attidentity = ''
) FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
AND NOT relispartition ORDER BY c.oid
"""


_EMPTY = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  CREATE SCHEMA public;
END $$
"""


@contextmanager
def fresh(server: RunningServer) -> Iterator[psycopg.Connection[Any]]:
    """A connection to an empty database: emptied, because a new one each time takes seconds."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(_EMPTY)
        yield connection
        connection.execute("RESET ALL")
        connection.execute(_EMPTY)


def run(connection: psycopg.Connection[Any], migrations: Iterable[JudgedMigration]) -> None:
    for judged in migrations:
        for segment in segments_of(judged):
            if segment.transactional:
                with connection.transaction():
                    for statement in segment.statements:
                        connection.execute(statement.sql.encode())
            else:
                connection.execute(segment.statements[0].sql.encode())
        connection.execute("RESET ALL")


def fill(connection: psycopg.Connection[Any]) -> None:
    """Two rows in every table that takes them."""
    for table, columns in connection.execute(_TABLES).fetchall():
        for n in (1, 2):
            values = ", ".join(_value(type, n) for _, type in columns or ())
            try:
                connection.execute(f"INSERT INTO {table} VALUES ({values})".encode())
            except psycopg.Error:
                break


def _value(type: str, n: int) -> str:
    if type.startswith(("date", "timestamp")):
        return f"'2023-0{n}-01'"
    if type.startswith(("int", "big", "small", "num", "double", "real")):
        return str(n)
    return f"'{n}'" if type.startswith(("text", "char")) else "NULL"


def schema(connection: psycopg.Connection[Any]) -> Snapshot:
    return snapshot(connection)


def rows(connection: psycopg.Connection[Any], *, hide: Sequence[str] = ()) -> Rows:
    """Every table's rows as text, in their own order; of hidden columns only whether they are
    filled."""
    found = {}
    for table, _ in connection.execute(_TABLES).fetchall():
        read = connection.execute(f"SELECT to_jsonb(t) FROM {table} t".encode()).fetchall()
        found[table] = sorted(
            str({key: value is None if key in hide else value for key, value in row.items()})
            for (row,) in read
        )
    return found
