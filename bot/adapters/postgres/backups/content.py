"""What a database holds, as a backup has to bring it back: facts, rows, and who they belong to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from bot.adapters.postgres.catalogue import identity
from bot.adapters.postgres.connection import Connection
from bot.core.backups.backup import TableContent

LARGE_OBJECTS = "large objects"

# The same row has the same text on both sides, whatever the role, the database or the server set.
_SETTINGS = """
SET LOCAL search_path = '';
SET LOCAL row_security = off;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL lc_monetary = 'C';
SET LOCAL statement_timeout = 0;
SET LOCAL jit = off;
"""
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT 1 FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""
_FACTS = """
SELECT current_database(), split_part(current_setting('server_version'), ' ', 1),
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text,
    pg_database_size(current_database()), getdatabaseencoding(),
    has_function_privilege('pg_control_system()', 'EXECUTE'), now()
"""
_ROLES = """
SELECT DISTINCT r.rolname FROM pg_roles r
WHERE r.rolname !~ '^pg_' AND (r.oid = 10 OR EXISTS (
    SELECT 1 FROM pg_shdepend d
    WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
      AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())))
ORDER BY 1
"""


@dataclass(frozen=True)
class Facts:
    """What the server says of itself and of the database, in the transaction it is asked in."""

    database: str
    server_version: str
    lsn: str
    size: int
    encoding: str
    system_identifier: str
    roles: tuple[str, ...]
    at: datetime

    @property
    def major(self) -> int:
        return int(self.server_version.split(".")[0])


def facts(connection: Connection) -> Facts:
    row = connection.execute(_FACTS).fetchone()
    assert row is not None
    database, version, lsn, size, encoding, may_ask, at = row
    identifier = "unknown"
    if may_ask:
        answer = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
        identifier = str(answer[0]) if answer else identifier
    roles = tuple(name for (name,) in connection.execute(_ROLES).fetchall())
    return Facts(database, version, lsn, size, encoding, identifier, roles, at)


def table_contents(
    connection: Connection,
    *,
    summed: Collection[str] | None = (),
    before_each: Callable[[], None] = lambda: None,
) -> tuple[TableContent, ...]:
    """Every table's exact number of rows, and of those in `summed` a sum over the text of the rows;
    None is all of them. Counting is cheap beside a dump, and summing is not.

    Has to run inside a transaction. Materialised views are left out, because restoring computes
    them anew, and so are the tables of extensions.
    """
    with connection.transaction(force_rollback=True):
        connection.execute(_SETTINGS)
        found = []
        for schema, name in connection.execute(_TABLES).fetchall():
            before_each()
            sums = summed is None or identity([schema, name]) in summed
            found.append(_content(connection, schema, name, sums=sums))
        found.extend(_large_objects(connection))
    return tuple(found)


def _content(connection: Connection, schema: str, name: str, *, sums: bool) -> TableContent:
    # The alias is one that no column has: a column would hide the row behind it.
    summed = "sum(hashtextextended(migration_bot_row::text, 0))::text" if sums else "NULL"
    query = sql.SQL("SELECT count(*), {} FROM ONLY {} AS migration_bot_row").format(
        sql.SQL(summed), sql.Identifier(schema, name)
    )
    row = connection.execute(query).fetchone()
    assert row is not None
    return TableContent(identity([schema, name]), row[0], row[1])


def _large_objects(connection: Connection) -> list[TableContent]:
    row = connection.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone()
    assert row is not None
    return [TableContent(LARGE_OBJECTS, row[0])] if row[0] else []
