"""What a rollout must know of a server before it writes: a few small queries, sent at once.

A fleet opens a thousand databases, and the first query in each pays for every catalogue and
function that it names. So functions are asked where there are some, what is the same in all
databases of a server is asked once for many, and the rest is put together here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import psycopg

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.migrations_table import TABLE
from bot.adapters.postgres.piping import Query, ask
from bot.adapters.postgres.target.around import Around, Row, Servers, around, queries_around
from bot.core.targets.identity import Identity
from bot.core.targets.server import OpenTransaction, Pooling, Rights, ServerFacts
from bot.core.targets.url import ConnectionUrl

LONG_SECONDS = 60

# pg_postmaster_start_time() tells one server from another in its place.
_HERE = """
SELECT pg_backend_pid(), pg_postmaster_start_time()::text, current_user::text,
       current_database()::text,
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
       'on' IN (current_setting('default_transaction_read_only'),
                current_setting('transaction_read_only')),
       pg_is_in_recovery(), has_database_privilege(current_database(), 'CREATE'),
       space.oid IS NOT NULL, coalesce(has_schema_privilege(space.oid, 'CREATE'), false),
       history.oid IS NOT NULL,
       coalesce(pg_has_role(history.relowner, 'USAGE'), false),
       coalesce(has_table_privilege(history.oid, 'SELECT')
           AND has_table_privilege(history.oid, 'INSERT')
           AND has_table_privilege(history.oid, 'UPDATE'), false),
       (SELECT description FROM pg_description
         WHERE objoid = history.oid AND classoid = 'pg_class'::regclass AND objsubid = 0),
       NOT coalesce(row_security_active(history.oid), false)
  FROM (SELECT) AS here
  LEFT JOIN pg_namespace AS space ON space.nspname = $1
  LEFT JOIN pg_class AS history ON history.relnamespace = space.oid
       AND history.relname = $2 AND history.relkind IN ('r', 'p')
"""
# The place of the one query around a database that may be refused.
_THE_SYSTEM = 1

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


@dataclass(frozen=True)
class _Here:
    """One database, in the order of the columns that tell of it."""

    pid: int
    started: str
    role: str
    database: str
    oid: int
    read_only: bool
    in_recovery: bool
    may_create: bool
    has_schema: bool
    may_create_in_schema: bool
    has_table: bool
    owns_table: bool
    may_write: bool
    comment: str | None
    every_row: bool


def read_facts(
    connection: Connection,
    url: ConnectionUrl,
    *,
    long: float = LONG_SECONDS,
    servers: Servers | None = None,
) -> tuple[ServerFacts, int]:
    """The facts, and the process that gave them: behind a pooler it is not the one that we were
    told at the start. `pooling` is not known yet. `long` is from how many seconds on a transaction
    is told of. What `servers` know is not asked again."""
    with explained("ask the server about itself"):
        here, found = _read(connection, url, long, servers or Servers())
        prepared = [each for each in found.prepared if each[0] == here.oid and each[4] > long]
        locked = _locked(connection) if prepared else {}
    holding = [_opened(each, locked.get(each[2], ())) for each in prepared]
    facts = _facts(here, found, url, holding)
    # The server tells of it by itself.
    strings = connection.info.parameter_status("standard_conforming_strings")
    return replace(facts, standard_strings=strings != "off"), here.pid


def _read(
    connection: Connection, url: ConnectionUrl, long: float, servers: Servers
) -> tuple[_Here, Around]:
    """One round trip, but for a server that has just taken the place of another."""
    place = url.host, url.port, url.user
    about_here: list[Query] = [(_HERE, (url.schema, TABLE))]
    wider = [] if servers.fresh(place) else queries_around(long)
    first, *others = ask(connection, [*about_here, *wider], at_once=not url.pooled)
    if isinstance(first, psycopg.Error):
        raise first
    here = _Here(*first[0])
    which = here.started, here.role
    found = None if wider else servers.known(place, which)
    if found is None:
        others = others or ask(connection, queries_around(long), at_once=not url.pooled)
        found = around(_answered(others))
        servers.keep(place, which, found)
    return here, found


def _facts(
    here: _Here, found: Around, url: ConnectionUrl, prepared: Sequence[OpenTransaction]
) -> ServerFacts:
    mine = [each for each in found.sessions if each[0] == here.oid and each[1] != here.pid]
    opened = [_opened(each) for each in mine]
    return ServerFacts(
        version=found.version,
        major=found.major,
        database=here.database,
        read_only=here.read_only,
        in_recovery=here.in_recovery,
        identity=Identity(found.system, here.database, here.oid, url.host, url.schema),
        pooling=Pooling.NONE,
        schema=url.schema,
        has_schema=here.has_schema,
        comment=here.comment,
        owns_table=here.owns_table,
        rights=Rights(
            create_schema=here.may_create,
            create_in_schema=here.may_create_in_schema,
            history=here.may_write if here.has_table else None,
            see_everybody=found.sees_everybody,
            every_row=here.every_row,
        ),
        role=here.role,
        open=_oldest_first(opened),
        prepared=_oldest_first(prepared),
        connections_left=found.connections_left,
    )


def _answered(answers: Sequence[Sequence[Row] | psycopg.Error]) -> list[Sequence[Row]]:
    """Only the control file may be refused."""
    found: list[Sequence[Row]] = []
    for place, answer in enumerate(answers):
        if isinstance(answer, psycopg.Error):
            refused = isinstance(answer, psycopg.errors.InsufficientPrivilege)
            if not (refused and place == _THE_SYSTEM):
                raise answer
            answer = ()
        found.append(answer)
    return found


def _oldest_first(found: Sequence[OpenTransaction]) -> tuple[OpenTransaction, ...]:
    return tuple(sorted(found, key=lambda each: -each.age))


def _opened(row: Row, relations: tuple[str, ...] = ()) -> OpenTransaction:
    _, pid, name, user, age = row
    return OpenTransaction(pid, age, name, user, relations)


def _locked(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(relations) for name, relations in connection.execute(_LOCKED)}
