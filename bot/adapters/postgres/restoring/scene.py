"""What is seen of a target's server before a backup is put back."""

from collections.abc import Sequence
from typing import Any

from bot.adapters.postgres.backups.content import table_contents
from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.migrations_table import applied
from bot.adapters.postgres.restoring.names import kept_before, left_behind
from bot.core.backups.backup import TableContent
from bot.core.migrations.migration import AppliedMigration
from bot.core.restores.scene import Scene, Sessions
from bot.errors import PostgresError

_SERVER = """
SELECT split_part(current_setting('server_version'), ' ', 1), clock_timestamp(),
       r.rolname, r.rolsuper, r.rolcreatedb,
       has_function_privilege('pg_control_system()', 'EXECUTE')
  FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user
"""
_SYSTEM = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()"
_ROLES = "SELECT rolname FROM pg_catalog.pg_roles"
_DATABASE = """
SELECT has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE'),
       pg_has_role(datdba, 'USAGE'), pg_get_userbyid(datdba), oid
  FROM pg_catalog.pg_database WHERE datname = %s
"""
_SIZE = "SELECT pg_catalog.pg_database_size(%s::oid)"
# Ours hold the lock and read along. Of others' sessions a role may see little more than the user.
_SESSIONS = """
SELECT coalesce(application_name, ''), coalesce(usename, ''), count(*)
  FROM pg_catalog.pg_stat_activity
 WHERE datname = %s AND usesysid IS NOT NULL
   AND coalesce(backend_type, 'client backend') IN ('client backend', 'walsender')
   AND coalesce(application_name, '') !~ '^migration-bot/'
 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_CANNOT_END = """
SELECT DISTINCT a.usename FROM pg_catalog.pg_stat_activity AS a
  JOIN pg_catalog.pg_roles AS me ON me.rolname = current_user
  JOIN pg_catalog.pg_roles AS they ON they.oid = a.usesysid
 WHERE a.datname = %s AND coalesce(a.backend_type, 'client backend') = 'client backend'
   AND NOT me.rolsuper
   AND (they.rolsuper OR NOT (pg_has_role(a.usesysid, 'USAGE')
        OR pg_has_role('pg_signal_backend', 'USAGE')))
 ORDER BY 1
"""
_PREPARED = "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = %s ORDER BY gid"
_SLOTS = """
SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE database = %s ORDER BY slot_name
"""
# The connection string of one, with its password in it, is for superusers; its name is for all.
_SUBSCRIPTIONS = """
SELECT s.subname FROM pg_catalog.pg_subscription AS s
  JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid
 WHERE d.datname = %s AND s.subenabled ORDER BY 1
"""


def read_scene(
    connection: Connection,
    database: str,
    inside: Connection | None,
    *,
    schema: str,
    counted: bool,
    problem: str = "",
    cannot_load: tuple[str, ...] = (),
) -> Scene:
    """`connection` is to another database of the server, if there is one that lets us in; `inside`,
    if it could be had, to this one. `problem` is why it could not."""
    with explained("look at the server before anything is restored"):
        row = connection.execute(_SERVER).fetchone()
        assert row is not None
        version, now, role, superuser, creates, may_ask = row
        here = connection.execute(_DATABASE, (database,)).fetchone()
        system = connection.execute(_SYSTEM).fetchone() if may_ask else None
        slots = names(connection, _SLOTS, database)
        subscriptions = names(connection, _SUBSCRIPTIONS, database)
    tables, rows, problem = _inside(inside, schema, counted=counted, problem=problem)
    with explained("look at the server before anything is restored"):
        alone = connection.info.dbname == database
        may_not = _may_not(role, here, alone=alone, superuser=superuser, creates=creates)
        return Scene(
            database=database,
            there=here is not None,
            version=version,
            now=now,
            system_identifier=system[0] if system else "",
            size=_size(connection, here),
            role=role,
            may_not_swap=may_not,
            cannot_load=cannot_load,
            roles=frozenset(name for (name,) in connection.execute(_ROLES)),
            sessions=tuple(Sessions(*each) for each in connection.execute(_SESSIONS, (database,))),
            cannot_end=names(connection, _CANNOT_END, database),
            prepared=names(connection, _PREPARED, database),
            slots=slots,
            subscriptions=subscriptions,
            tables=tables,
            applied=rows,
            problem=problem,
            leftovers=tuple(name for name, _ in left_behind(connection, database)),
            kept=kept_before(connection, database),
        )


def names(connection: Connection, query: str, *values: object) -> tuple[str, ...]:
    """The first column."""
    return tuple(str(row[0]) for row in connection.execute(query.encode(), values))


def _inside(
    inside: Connection | None, schema: str, *, counted: bool, problem: str
) -> tuple[tuple[TableContent, ...] | None, tuple[AppliedMigration, ...] | None, str]:
    if inside is None:
        return None, None, problem
    try:
        with explained("count what is there now"), inside.transaction():
            inside.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            rows = tuple(applied(inside, schema))
            found = table_contents(inside) if counted else None
    except PostgresError as error:
        return None, None, error.message
    return found, rows, ""


def _size(connection: Connection, here: Sequence[Any] | None) -> int:
    if here is None or not here[0]:
        return 0
    row = connection.execute(_SIZE, (here[3],)).fetchone()
    return int(row[0]) if row else 0


def _may_not(
    role: str, here: Sequence[Any] | None, *, alone: bool, superuser: bool, creates: bool
) -> str:
    """Why it may not swap; "" if it may."""
    if alone:
        return f"no other database of the server lets {role} in, from which to rename this one"
    if superuser:
        return ""
    if not creates:
        return f"{role} may not create databases"
    if here is not None and not here[1]:
        return f"the database belongs to {here[2]}, and {role} is no member of that role"
    return ""
