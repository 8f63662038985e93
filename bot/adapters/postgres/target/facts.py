"""What a rollout must know of a server before it writes: one query, and one answer.

The functions below pg_stat_activity and pg_prepared_xacts are asked instead of the views: a fleet
opens a thousand databases, and planning the views takes longer than everything else here.
"""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.migrations_table import TABLE
from bot.core.identity import Identity
from bot.core.server import OpenTransaction, Pooling, Rights, ServerFacts

LONG_SECONDS = 60

_FACTS = """
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::int / 10000 AS major,
       'on' IN (current_setting('default_transaction_read_only'),
                current_setting('transaction_read_only')) AS read_only,
       pg_is_in_recovery() AS in_recovery, pg_backend_pid() AS pid,
       here.datname AS database, here.oid::bigint AS oid, {system} AS system,
       current_user::text AS role, space.oid IS NOT NULL AS has_schema,
       has_database_privilege(here.oid, 'CREATE') AS create_schema,
       coalesce(has_schema_privilege(space.oid, 'CREATE'), false) AS create_in_schema,
       history.oid IS NOT NULL AS has_table,
       coalesce(pg_has_role(history.relowner, 'USAGE'), false) AS owns_table,
       has_table_privilege(history.oid, 'SELECT') AND has_table_privilege(history.oid, 'INSERT')
           AND has_table_privilege(history.oid, 'UPDATE') AS history,
       NOT coalesce(row_security_active(history.oid), false) AS every_row,
       (SELECT description FROM pg_description
         WHERE objoid = history.oid AND classoid = 'pg_class'::regclass AND objsubid = 0)
           AS comment,
       pg_has_role('pg_read_all_stats', 'USAGE') AS see_everybody,
       current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0)
           - (SELECT count(*) FROM pg_stat_get_activity(NULL) WHERE datid IS NOT NULL)
           AS connections_left,
       (SELECT json_agg(json_build_object(
                   'pid', pid, 'name', application_name, 'user', pg_get_userbyid(usesysid),
                   'age', extract(epoch FROM clock_timestamp() - xact_start)) ORDER BY xact_start)
          FROM pg_stat_get_activity(NULL)
         WHERE datid = here.oid AND backend_type = 'client backend' AND pid <> pg_backend_pid()
           AND xact_start < clock_timestamp() - make_interval(secs => %(long)s)) AS open,
       (SELECT json_agg(json_build_object(
                   'pid', 0, 'name', gid, 'user', pg_get_userbyid(ownerid),
                   'age', extract(epoch FROM clock_timestamp() - prepared)) ORDER BY prepared)
          FROM pg_prepared_xact()
         WHERE dbid = here.oid
           AND prepared < clock_timestamp() - make_interval(secs => %(long)s)) AS prepared
  FROM pg_database AS here
  LEFT JOIN pg_namespace AS space ON space.nspname = %(schema)s
  LEFT JOIN pg_class AS history ON history.relnamespace = space.oid
       AND history.relname = %(table)s AND history.relkind IN ('r', 'p')
 WHERE here.datname = current_database()
"""
_SYSTEM = "(SELECT system_identifier::text FROM pg_control_system())"

# A prepared transaction has no process. Its locks bear the virtual number of the session that
# prepared it (since a restart -1 and its own), and so does the lock on that number itself.
_LOCKED = """
SELECT p.gid, array_agg(DISTINCT n.nspname || '.' || c.relname) AS relations
  FROM pg_prepared_xacts AS p
  JOIN pg_locks AS own ON own.locktype = 'transactionid' AND own.pid IS NULL
       AND own.transactionid = p.transaction
  JOIN pg_locks AS l ON l.locktype = 'relation' AND l.pid IS NULL
       AND l.virtualtransaction = own.virtualtransaction
  JOIN pg_class AS c ON c.oid = l.relation
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE p.database = current_database()
 GROUP BY p.gid
"""


def read_facts(
    connection: Connection, *, schema: str, host: str, long: float = LONG_SECONDS
) -> tuple[ServerFacts, int]:
    """The facts, and the process that gave them: behind a pooler it is not the one that we were
    told at the start. `pooling` is not known yet. `long` is from how many seconds on a transaction
    is told of."""
    with explained("ask the server about itself"):
        row = _row(connection, {"schema": schema, "table": TABLE, "long": long})
        locked = _locked(connection) if row["prepared"] else {}
    facts = ServerFacts(
        version=row["version"].split()[0],
        major=row["major"],
        database=row["database"],
        read_only=row["read_only"],
        in_recovery=row["in_recovery"],
        identity=Identity(row["system"] or "", row["database"], row["oid"], host, schema),
        pooling=Pooling.NONE,
        schema=schema,
        has_schema=row["has_schema"],
        comment=row["comment"],
        owns_table=row["owns_table"],
        rights=_rights(row),
        role=row["role"],
        open=tuple(OpenTransaction(**each) for each in row["open"] or ()),
        prepared=tuple(
            OpenTransaction(**each, relations=locked.get(each["name"], ()))
            for each in row["prepared"] or ()
        ),
        connections_left=row["connections_left"],
    )
    return facts, row["pid"]


def _row(connection: Connection, values: dict[str, object]) -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        try:
            row = cursor.execute(_FACTS.format(system=_SYSTEM).encode(), values).fetchone()
        except psycopg.errors.InsufficientPrivilege:
            # Some providers keep the control file to themselves.
            row = cursor.execute(_FACTS.format(system="NULL").encode(), values).fetchone()
    assert row is not None
    return row


def _rights(row: dict[str, Any]) -> Rights:
    return Rights(
        create_schema=row["create_schema"],
        create_in_schema=row["create_in_schema"],
        history=bool(row["history"]) if row["has_table"] else None,
        see_everybody=row["see_everybody"],
        every_row=row["every_row"],
    )


def _locked(connection: Connection) -> dict[str, tuple[str, ...]]:
    return {name: tuple(relations) for name, relations in connection.execute(_LOCKED)}
