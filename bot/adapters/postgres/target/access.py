"""What a target's connection and role can do; asked for by a doctor, and by nothing else."""

import time
from collections.abc import Mapping
from typing import Any

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.migrations_table import TABLE
from bot.core.doctor.access import Access
from bot.core.rollouts.audit import AUDIT_SCHEMA
from bot.core.targets.url import ConnectionUrl

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_VERIFYING = ("verify-ca", "verify-full")
_PATIENCE = "100ms"

_ROLE = """
SELECT role.rolsuper, role.rolreplication,
       pg_catalog.current_setting('wal_level'),
       pg_catalog.current_setting('max_wal_senders')::pg_catalog.int4,
       pg_catalog.pg_database_size(pg_catalog.current_database()),
       (SELECT pg_catalog.has_schema_privilege(space.oid, 'USAGE')
               AND pg_catalog.has_schema_privilege(space.oid, 'CREATE')
          FROM pg_catalog.pg_namespace AS space WHERE space.nspname = %s)
  FROM pg_catalog.pg_roles AS role WHERE role.rolname = current_user
"""
_CLOCK = "SELECT extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8"
_OTHERS = """
SELECT pg_catalog.pg_get_userbyid(class.relowner)::pg_catalog.text, count(*)
  FROM pg_catalog.pg_class AS class
  JOIN pg_catalog.pg_namespace AS space ON space.oid = class.relnamespace
 WHERE space.nspname = %s AND class.relkind IN ('r', 'p') AND class.relname <> %s
   AND NOT pg_catalog.pg_has_role(class.relowner, 'USAGE')
 GROUP BY class.relowner
 ORDER BY 1
"""
# pg_dump locks partitioned tables too, which wants the right to read them.
_ALL = """
SELECT pg_catalog.format('%I.%I', space.nspname, class.relname),
       pg_catalog.has_schema_privilege(space.oid, 'USAGE')
       AND CASE class.relkind
             WHEN 'S' THEN pg_catalog.has_sequence_privilege(class.oid, 'SELECT')
             ELSE pg_catalog.has_table_privilege(class.oid, 'SELECT') END,
       class.relrowsecurity AND pg_catalog.row_security_active(class.oid)
  FROM pg_catalog.pg_class AS class
  JOIN pg_catalog.pg_namespace AS space ON space.oid = class.relnamespace
 WHERE class.relkind IN ('r', 'p', 'S') AND class.relpersistence <> 't'
   AND space.nspname !~ '^pg_' AND space.nspname <> 'information_schema'
 ORDER BY 1
"""


def read_access(connection: Connection, url: ConnectionUrl, schema: str) -> Access:
    """Raises PostgresError if something of it may not be asked."""
    with explained("look at what the role may do"):
        role = _one(connection, _ROLE, (AUDIT_SCHEMA,))
        everything = connection.execute(_ALL).fetchall()
        return Access(
            superuser=role[0],
            replication=role[1],
            local=url.host.startswith("/") or url.host in _LOOPBACK,
            encrypted=bool(connection.pgconn.ssl_in_use),
            verified=url.sslmode in _VERIFYING,
            ahead=_ahead(connection),
            size=role[4],
            lock_timeout=_takes_timeout(connection),
            wal_level=role[2],
            wal_senders=role[3],
            others=_others(connection, schema),
            unreadable=tuple(name for name, readable, _ in everything if not readable),
            filtered=tuple(name for name, _, filtered in everything if filtered),
            shelf=role[5],
        )


def _ahead(connection: Connection) -> float:
    """By how much the answer cannot have come from the time in which it was asked for."""
    before = time.time()
    there: float = _one(connection, _CLOCK)[0]
    after = time.time()
    return there - after if there > after else min(there - before, 0.0)


def _takes_timeout(connection: Connection) -> bool:
    with connection.transaction(force_rollback=True):
        connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'".encode())
        shown = _one(connection, "SHOW lock_timeout")[0]
        return bool(shown == _PATIENCE)


def _others(connection: Connection, schema: str) -> Mapping[str, int]:
    return dict(connection.execute(_OTHERS, (schema, TABLE)).fetchall())


def _one(connection: Connection, query: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return tuple(row)
