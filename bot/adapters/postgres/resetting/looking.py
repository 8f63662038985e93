"""What is seen in a database that is to be reset: who is there, and what it has been."""

import time
from dataclasses import replace

from bot.adapters.postgres.catalogue import MIGRATIONS_TABLE
from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.resetting.rights import is_unfinished
from bot.core.resets.refusing import HOSTED
from bot.core.resets.scene import Scene, Session
from bot.core.rollouts.audit import AUDIT_SCHEMA
from bot.core.targets.identity import read_mark
from bot.core.targets.server import ServerFacts

# A session that is about to end needs a moment until nobody sees it any more.
PATIENCE = 2.0
_PAUSE = 0.1

# What a role may not know of others is NULL; a process of the server's own has no user.
_SESSIONS = """
SELECT pid, coalesce(usename::text, ''), coalesce(application_name, ''),
       coalesce(host(client_addr), '')
  FROM pg_catalog.pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
   AND coalesce(backend_type, 'client backend') IN ('client backend', 'walsender')
 ORDER BY pid
"""
_AROUND = """
SELECT (SELECT datistemplate FROM pg_catalog.pg_database WHERE datname = current_database()),
       ARRAY(SELECT gid FROM pg_catalog.pg_prepared_xacts
              WHERE database = current_database() ORDER BY gid),
       ARRAY(SELECT slot_name::text FROM pg_catalog.pg_replication_slots
              WHERE database = current_database() ORDER BY 1),
       (SELECT count(*) FROM pg_catalog.pg_stat_replication),
       ARRAY(SELECT subname::text FROM pg_catalog.pg_subscription
              WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database
                                WHERE datname = current_database()) ORDER BY 1),
       ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = ANY (%s) ORDER BY 1),
       (SELECT count(*) FROM pg_catalog.pg_class AS c
          JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND c.relname <> %s AND n.nspname !~ '^pg_'
           AND n.nspname NOT IN ('information_schema', 'migration_bot')),
       pg_catalog.pg_database_size(current_database())
"""
_COMMENTS = """
SELECT obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class AS c WHERE c.relname = %s
"""
_AUDITED = "SELECT pg_catalog.to_regclass(%s) IS NOT NULL"
_KINDS = f"SELECT DISTINCT record->'target'->>'kind' FROM {AUDIT_SCHEMA}.audit ORDER BY 1"  # noqa: S608


def read_scene(connection: Connection, facts: ServerFacts, *, patience: float = PATIENCE) -> Scene:
    """Waits a moment for sessions that are about to leave."""
    with explained("see who is in the database"):
        scene = _read(connection, facts)
        deadline = time.monotonic() + patience
        while scene.sessions and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            scene = replace(scene, sessions=_sessions(connection))
    return scene


def _read(connection: Connection, facts: ServerFacts) -> Scene:
    row = connection.execute(_AROUND, (list(HOSTED), MIGRATIONS_TABLE)).fetchone()
    assert row is not None
    template, prepared, slots, standbys, subscriptions, roles, tables, size = row
    comments = connection.execute(_COMMENTS, (MIGRATIONS_TABLE,)).fetchall()
    marks = (read_mark(comment) for (comment,) in comments)
    return Scene(
        facts,
        template=bool(template),
        sessions=_sessions(connection),
        prepared=tuple(prepared),
        slots=tuple(slots),
        standbys=standbys,
        marks=tuple(mark for mark in marks if mark is not None),
        kinds=_kinds(connection),
        subscriptions=tuple(subscriptions),
        hosts=tuple(HOSTED[role] for role in roles),
        tables=tables,
        size=size,
        unfinished=is_unfinished(connection),
    )


def _sessions(connection: Connection) -> tuple[Session, ...]:
    return tuple(Session(*row) for row in connection.execute(_SESSIONS).fetchall())


def _kinds(connection: Connection) -> tuple[str, ...]:
    """Of the targets as which rollouts were written down here."""
    if connection.execute(_AUDITED, (f"{AUDIT_SCHEMA}.audit",)).fetchone() != (True,):
        return ()
    return tuple(str(kind) for (kind,) in connection.execute(_KINDS).fetchall() if kind)
