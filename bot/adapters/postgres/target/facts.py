"""What a rollout must know of a server before it writes: a few small queries, sent at once.

A fleet opens a thousand databases, and the first query in each pays for every catalogue and
function that it names. So functions are asked where there are some, the functions below
pg_stat_activity and pg_prepared_xacts instead of the views, and the rest is put together here.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.migrations_table import TABLE
from bot.adapters.postgres.piping import Query, ask
from bot.core.identity import Identity
from bot.core.server import OpenTransaction, Pooling, Rights, ServerFacts

LONG_SECONDS = 60

_SERVER = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
       'on' IN (current_setting('default_transaction_read_only'),
                current_setting('transaction_read_only')),
       pg_is_in_recovery(), pg_backend_pid(), current_database()::text, current_user::text,
       has_database_privilege(current_database(), 'CREATE'),
       pg_has_role('pg_read_all_stats', 'USAGE'),
       current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0)
"""
_SCHEMA = """
SELECT coalesce(has_schema_privilege(space.oid, 'CREATE'), false),
       history.oid IS NOT NULL,
       coalesce(pg_has_role(history.relowner, 'USAGE'), false),
       has_table_privilege(history.oid, 'SELECT') AND has_table_privilege(history.oid, 'INSERT')
           AND has_table_privilege(history.oid, 'UPDATE'),
       (SELECT description FROM pg_description
         WHERE objoid = history.oid AND classoid = 'pg_class'::regclass AND objsubid = 0),
       NOT coalesce(row_security_active(history.oid), false)
  FROM pg_namespace AS space
  LEFT JOIN pg_class AS history ON history.relnamespace = space.oid
       AND history.relname = $2 AND history.relkind IN ('r', 'p')
 WHERE space.nspname = $1
"""
# Some providers keep the control file to themselves.
_SYSTEM = "SELECT system_identifier::text FROM pg_control_system()"

# Ourselves, and those who have been in a transaction for long, in whatever database.
_SESSIONS = """
SELECT datid::bigint, pid, application_name, pg_get_userbyid(usesysid)::text,
       extract(epoch FROM clock_timestamp() - xact_start)::float8, connected,
       pid = pg_backend_pid()
  FROM (SELECT *, count(datid) OVER () AS connected FROM pg_stat_get_activity(NULL)) AS session
 WHERE pid = pg_backend_pid()
    OR (backend_type = 'client backend'
        AND extract(epoch FROM clock_timestamp() - xact_start) > $1::float8)
"""
_PREPARED = """
SELECT dbid::bigint, 0, gid, pg_get_userbyid(ownerid)::text,
       extract(epoch FROM clock_timestamp() - prepared)::float8
  FROM pg_prepared_xact()
"""

# Of a schema that is not there.
_NOTHING = (False, False, False, None, None, True)
# The place of the one query that may be refused.
_THE_SYSTEM = 2

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
    connection: Connection,
    *,
    schema: str,
    host: str,
    long: float = LONG_SECONDS,
    at_once: bool = False,
) -> tuple[ServerFacts, int]:
    """The facts, and the process that gave them: behind a pooler it is not the one that we were
    told at the start. `pooling` is not known yet. `long` is from how many seconds on a transaction
    is told of. `at_once` is for a server that no pooler stands before."""
    queries: list[Query] = [
        (_SERVER, ()),
        (_SCHEMA, (schema, TABLE)),
        (_SYSTEM, ()),
        (_SESSIONS, (str(long),)),
        (_PREPARED, ()),
    ]
    with explained("ask the server about itself"):
        answers = _answers(connection, queries, at_once=at_once)
        ((version, major, read_only, in_recovery, pid, database, role, *rest),) = answers[0]
        may_create, see_everybody, connections = rest
        sessions, prepared = answers[3:]
        (oid, connected) = next((each[0], each[5]) for each in sessions if each[6])
        here = [each for each in prepared if each[0] == oid and each[4] > long]
        locked = _locked(connection) if here else {}
    can_create, has_table, owns_table, history, comment, every_row = (answers[1] or [_NOTHING])[0]
    facts = ServerFacts(
        version=version.split()[0],
        major=major,
        database=database,
        read_only=read_only,
        in_recovery=in_recovery,
        identity=Identity(_system(answers[2]), database, oid, host, schema),
        pooling=Pooling.NONE,
        schema=schema,
        has_schema=bool(answers[1]),
        comment=comment,
        owns_table=owns_table,
        rights=Rights(
            create_schema=may_create,
            create_in_schema=can_create,
            history=bool(history) if has_table else None,
            see_everybody=see_everybody,
            every_row=every_row,
        ),
        role=role,
        open=tuple(
            _opened(each) for each in _oldest_first(sessions) if each[0] == oid and not each[6]
        ),
        prepared=tuple(_opened(each, locked.get(each[2], ())) for each in _oldest_first(here)),
        connections_left=connections - connected,
        standard_strings=_reported(connection, "standard_conforming_strings") != "off",
    )
    return facts, pid


def _reported(connection: Connection, setting: str) -> str | None:
    """What the server tells of by itself, so that it need not be asked."""
    return connection.info.parameter_status(setting)


def _answers(
    connection: Connection, queries: Sequence[Query], *, at_once: bool
) -> list[list[tuple[Any, ...]]]:
    """Only the control file may be refused."""
    found: list[list[tuple[Any, ...]]] = []
    for answer in ask(connection, queries, at_once=at_once):
        refused = isinstance(answer, psycopg.errors.InsufficientPrivilege)
        if isinstance(answer, psycopg.Error):
            if not (refused and len(found) == _THE_SYSTEM):
                raise answer
            answer = []
        found.append(answer)
    return found


def _system(rows: Sequence[tuple[Any, ...]]) -> str:
    return str(rows[0][0]) if rows else ""


def _oldest_first(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda each: -(each[4] or 0))


def _opened(row: tuple[Any, ...], relations: tuple[str, ...] = ()) -> OpenTransaction:
    _, pid, name, user, age, *_ = row
    return OpenTransaction(pid, age, name, user, relations)


def _locked(connection: Connection) -> dict[str, tuple[str, ...]]:
    return {name: tuple(relations) for name, relations in connection.execute(_LOCKED)}
