"""What a fleet asks of PostgreSQL besides rollouts: who its tenants are, and whether one is well.

Every query is one statement in a transaction that may only read.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import RawCursor

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.core.targets.fleet import Source, Tenant
from bot.core.targets.tenants import at_schema, named
from bot.core.targets.url import ConnectionUrl
from bot.errors import UsageError

_QUERY_SECONDS = 60
_HEALTH_SECONDS = 10
_SCHEMAS = """SELECT nspname::text FROM pg_catalog.pg_namespace
    WHERE nspname LIKE $1 AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    ORDER BY nspname COLLATE "C" """


def read_tenants(source: Source, url: ConnectionUrl) -> tuple[Tenant, ...]:
    """The tenants that the database at `url` tells of. Raises PostgresError or UsageError."""
    if isinstance(source.schemas, tuple):
        return tuple(Tenant(name, at_schema(url, name)) for name in source.schemas)
    with _reading(url, _QUERY_SECONDS) as connection, explained("list the tenants"):
        if source.schemas is not None:
            rows, _ = _ask(connection, _SCHEMAS, source.schemas)
            return tuple(Tenant(str(name), at_schema(url, str(name))) for (name,) in rows)
        rows, columns = _ask(connection, source.query or "")
    return _from_rows(rows, columns, url)


def healthy(tenant: Tenant, query: str) -> bool:
    """Whether the query's one answer is true. Raises PostgresError if it has none."""
    with _reading(tenant.url, _HEALTH_SECONDS) as connection, explained("ask whether it is well"):
        rows, _ = _ask(connection, query)
    return len(rows) == 1 and rows[0][0] is True


def _from_rows(
    rows: Sequence[tuple[Any, ...]], columns: Sequence[str], url: ConnectionUrl
) -> tuple[Tenant, ...]:
    other = {"url", "schema"} & set(columns)
    if "name" not in columns or len(other) != 1:
        raise UsageError(
            "The fleet's query has to give a column `name`, and `url` or `schema`.",
            hint="Name the columns with AS: SELECT name, connection_string AS url FROM tenants.",
        )
    place, value = columns.index("name"), columns.index(other.pop())
    pairs = [(row[place], row[value]) for row in rows]
    if not all(isinstance(each, str) and each for pair in pairs for each in pair):
        raise UsageError(
            "The fleet's query gives a row with an empty name, url or schema, or one that is no "
            "text.",
            hint="Leave such rows out with WHERE, and cast to text what is none.",
        )
    if columns[value] == "url":
        return named(pairs, name="the fleet's query")
    return named(((name, at_schema(url, each).text) for name, each in pairs), name="the query")


@contextmanager
def _reading(url: ConnectionUrl, seconds: int) -> Iterator[Connection]:
    connection = connect(url, application_name="migration-bot/fleet", read_only=True)
    try:
        with connection.transaction():
            with explained("set a timeout"):
                connection.execute(f"SET LOCAL statement_timeout = {seconds * 1000}")
            yield connection
    finally:
        connection.close()


def _ask(
    connection: Connection, query: str, *values: str
) -> tuple[list[tuple[Any, ...]], list[str]]:
    # In binary, because then the server takes one statement and no more.
    with RawCursor(connection) as cursor:
        cursor.execute(query.encode(), values, binary=True)
        rows = cursor.fetchall() if cursor.description else []
        columns = [each.name for each in cursor.description or ()]
    return rows, columns
