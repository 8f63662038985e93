"""One target as a rollout sees it: a connection, the migration lock, and Prisma's rows."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from bot.adapters.postgres import migrations_table as table
from bot.adapters.postgres.connection import Connection, connect, explain, explained
from bot.adapters.postgres.sizes import read_sizes
from bot.core.migration import AppliedMigration, Migration
from bot.core.server import ServerFacts
from bot.core.sizes import Sizes
from bot.core.target import Target
from bot.core.url import ConnectionUrl
from bot.errors import PostgresError

# The key Prisma's engine locks (prisma-engines, flavour/postgres.rs), and one of our own. Prisma's
# is let go of around CONCURRENTLY; ours keeps a second bot out meanwhile.
PRISMA_KEY = 72707369
OWN_KEY = 7205759403792794

LOCK_PATIENCE = 60.0
_POLL = 0.25

_HOLDER = """
SELECT format('%%s (process %%s, user %%s, since %%s)',
              coalesce(nullif(application_name, ''), 'a session without a name'),
              activity.pid, usename, to_char(backend_start AT TIME ZONE 'UTC', 'HH24:MI:SS "UTC"'))
  FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
 WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
   AND (lock.classid::bigint << 32 | lock.objid::bigint) = ANY (%s)
   AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND activity.pid <> pg_backend_pid()
 LIMIT 1
"""

_INVALID = """
SELECT pg_catalog.format('%I.%I', namespace.nspname, class.relname)
  FROM pg_catalog.pg_index AS index
  JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
 WHERE NOT index.indisvalid AND class.relkind = 'i'
"""

# What a file sets for its session must not reach our rows, nor the next file.
_OURSELVES = ("RESET SESSION AUTHORIZATION", "RESET ROLE")
AS_BEFORE = "; ".join([*_OURSELVES, "RESET ALL"])

_FACTS = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
       current_database(), current_setting('default_transaction_read_only') = 'on',
       pg_is_in_recovery()
"""


def invalid_indexes(connection: Connection) -> frozenset[str]:
    """Indexes that a failed concurrent build left behind, as quoted names."""
    with explained("look for indexes that are not in use"):
        return frozenset(str(row[0]) for row in connection.execute(_INVALID))


class TargetDatabase:
    """An open connection to a target, in autocommit. See world.Database."""

    def __init__(self, connection: Connection, target: Target, schema: str) -> None:
        self._connection = connection
        self._target = target
        self._schema = schema

    def facts(self) -> ServerFacts:
        with explained("ask the server about itself"):
            row = self._connection.execute(_FACTS).fetchone()
        assert row is not None
        version, major, database, read_only, in_recovery = row
        return ServerFacts(version.split()[0], major, database, read_only, in_recovery)

    def applied(self) -> tuple[AppliedMigration, ...]:
        return tuple(table.applied(self._connection, self._schema))

    def unbaselined(self) -> bool:
        here = self._connection, self._schema
        return not table.exists(*here) and not table.is_empty_database(*here)

    def lock_holder(self) -> str | None:
        with explained("see who holds the migration lock"):
            row = self._connection.execute(_HOLDER, ([PRISMA_KEY, OWN_KEY],)).fetchone()
        return str(row[0]) if row else None

    @contextmanager
    def exclusively(self, note: Callable[[str], None]) -> Iterator[None]:
        """Asks again and again instead of waiting: a waiting query's snapshot would hold up
        everybody else's CREATE INDEX CONCURRENTLY."""
        self._take(OWN_KEY, note)
        try:
            self._take(PRISMA_KEY, note)
            yield
        finally:
            self._let_go(PRISMA_KEY)
            self._let_go(OWN_KEY)

    @contextmanager
    def without_prisma_lock(self) -> Iterator[None]:
        self._let_go(PRISMA_KEY)
        yield
        self._take(PRISMA_KEY, lambda _: None)

    def create_table(self) -> None:
        if not table.exists(self._connection, self._schema):
            table.create(self._connection, self._schema)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with explained("open a transaction"):
            # One message: for a history of 800 this is 1,600 round trips.
            self._connection.execute(self._begin.encode())
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        with explained("commit"):
            self._connection.execute(f"COMMIT; {AS_BEFORE}")

    @contextmanager
    def untimed(self) -> Iterator[None]:
        with explained("lift the timeouts"):
            self._connection.execute("SET lock_timeout = 0")
            self._connection.execute("SET statement_timeout = 0")
        try:
            yield
        finally:
            self._as_before()

    def execute(self, sql: str) -> None:
        with explained("run it"):
            self._connection.execute(sql.encode())

    def execute_all(self, statements: Sequence[str]) -> None:
        """In one round trip, which counts where the server is far away. Each statement is a message
        of its own, so that the refused one is known. Whatever role they took on, it ends with them:
        the row is ours to write."""
        sent: list[psycopg.Cursor[Any]] = []
        refusal: psycopg.Error | None = None
        try:
            with self._connection.pipeline():
                # Not left to the pipeline's end: psycopg would log it there, with values from rows.
                try:
                    for each in (*statements, *_OURSELVES):
                        sent.append(self._connection.cursor())
                        sent[-1].execute(each.encode())
                except psycopg.Error as error:
                    refusal = error
        except psycopg.Error as error:
            refusal = refusal or error
        if refusal is not None:
            refused = explain(refusal, "run it")
            done = sum(each.statusmessage is not None for each in sent)
            refused.position = min(done, len(statements) - 1)
            raise refused

    def invalid_indexes(self) -> frozenset[str]:
        return invalid_indexes(self._connection)

    def sizes(self, *, columns: bool = False) -> Sizes:
        return read_sizes(
            self._connection,
            self._target.name,
            schema=self._schema,
            sleep=time.sleep,
            columns=columns,
        )

    def record_applied(self, migration: Migration) -> None:
        id = table.new_id()
        table.insert_finished(
            self._connection, migration.name, migration.checksum, id=id, schema=self._schema
        )

    def record_started(self, migration: Migration) -> str:
        id = table.new_id()
        table.insert_started(
            self._connection, migration.name, migration.checksum, id=id, schema=self._schema
        )
        return id

    def record_step(self, id: str, steps: int) -> None:
        table.set_steps(self._connection, steps, id=id, schema=self._schema)

    def record_finished(self, id: str) -> None:
        table.mark_finished(self._connection, id=id, schema=self._schema)

    def record_failed(self, id: str, logs: str) -> None:
        table.record_failure(self._connection, logs, id=id, schema=self._schema)

    def forget(self, id: str) -> None:
        table.forget(self._connection, id=id, schema=self._schema)

    @property
    def _begin(self) -> str:
        return (
            f"BEGIN; SET LOCAL lock_timeout = {self._target.lock_timeout}; "
            f"SET LOCAL statement_timeout = {self._target.statement_timeout}"
        )

    def _as_before(self) -> None:
        if not self._connection.closed:
            with explained("reset the session"):
                self._connection.execute(AS_BEFORE)

    def _roll_back(self) -> None:
        """The first error is the one to tell; a lost connection has rolled back by itself."""
        if not self._connection.closed:
            with explained("roll back"):
                self._connection.execute("ROLLBACK")

    def _take(self, key: int, note: Callable[[str], None]) -> None:
        deadline = time.monotonic() + LOCK_PATIENCE
        told = False
        while not self._try_lock(key):
            if not told:
                holder = self.lock_holder() or "a session that is just ending"
                note(f"waiting for the migration lock of {self._target.name}: {holder} has it")
                told = True
            if time.monotonic() >= deadline:
                raise self._busy()
            time.sleep(_POLL)

    def _try_lock(self, key: int) -> bool:
        with explained("take the migration lock"):
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        return bool(row and row[0])

    def _let_go(self, key: int) -> None:
        if not self._connection.closed:
            with explained("let go of the migration lock"):
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (key,))

    def _busy(self) -> PostgresError:
        holder = self.lock_holder() or "another session"
        return PostgresError(
            f"{self._target.name} is being migrated by somebody else: {holder} has held the "
            f"migration lock for more than {LOCK_PATIENCE:.0f} seconds.",
            hint="Wait for that rollout to end and run this again; end its session if it is dead.",
        )


@contextmanager
def open_target(target: Target, url: ConnectionUrl) -> Iterator[TargetDatabase]:
    """Connect to a target; the connection, and with it every lock, ends with the block."""
    connection = connect(url, application_name=f"migration-bot/{target.name}")
    # Every statement is sent once: preparing it would only cost, and break after DDL.
    connection.prepare_threshold = None
    try:
        yield TargetDatabase(connection, target, url.schema)
    finally:
        connection.close()
