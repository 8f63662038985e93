"""The migration lock of a target: Prisma's key and one of our own, and who holds them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.migrations_table import rows_in, rows_query
from bot.adapters.postgres.piping import ask
from bot.adapters.postgres.target.pooled import LOCKED
from bot.adapters.postgres.target.recording import Rows
from bot.core.migrations.literals import without_literals
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.holder import Holder
from bot.errors import PostgresError

# The key Prisma's engine locks (prisma-engines, flavour/postgres.rs), and one of our own. Prisma's
# is let go of around CONCURRENTLY; ours keeps a second bot out meanwhile.
PRISMA_KEY = 72707369
OWN_KEY = 7205759403792794

_POLL = 0.25
_TELL_EVERY = 15.0

_HELD = """
SELECT {what}
  FROM pg_catalog.pg_stat_activity AS activity
  JOIN (SELECT DISTINCT lock.pid FROM pg_catalog.pg_locks AS lock
         WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
           AND (lock.classid::bigint << 32 | lock.objid::bigint) = ANY (%s)
           AND lock.database = (SELECT oid FROM pg_catalog.pg_database
                                 WHERE datname = pg_catalog.current_database())
       ) AS held USING (pid)
 WHERE activity.pid <> pg_catalog.pg_backend_pid() AND {which}
 ORDER BY backend_start, activity.pid
"""
_HOLDERS = _HELD.format(
    what="""
       activity.pid, coalesce(application_name, ''), coalesce(usename, ''),
       coalesce(pg_catalog.host(client_addr), ''), backend_start, coalesce(state, ''),
       CASE WHEN state LIKE 'idle%%' THEN extract(epoch FROM
           pg_catalog.clock_timestamp() - state_change)::float8 ELSE 0 END,
       CASE WHEN state IS NOT NULL THEN coalesce(query, '') ELSE '' END
""",
    which="TRUE",
)
# Only while it still holds the lock: the number of a process is given again.
_SAME = "activity.pid = %s AND backend_start IS NOT DISTINCT FROM %s::timestamptz"
_CANCEL = _HELD.format(what="pg_catalog.pg_cancel_backend(activity.pid)", which=_SAME)
_TERMINATE = _HELD.format(what="pg_catalog.pg_terminate_backend(activity.pid)", which=_SAME)
# Null without ours; else whether Prisma's came with it.
_BOTH = """SELECT CASE WHEN pg_try_advisory_lock($1::text::bigint)
    THEN pg_try_advisory_lock($2::text::bigint) END"""
_KEYS = [PRISMA_KEY, OWN_KEY]


class MigrationLock(Rows):
    """See world.Locking."""

    def lock_holder(self) -> Holder | None:
        return next(iter(self.lock_holders()), None)

    def lock_holders(self) -> tuple[Holder, ...]:
        with explained("see who holds the migration lock"):
            # In binary: the text of a time follows the session's DateStyle.
            rows = self._connection.execute(_HOLDERS.encode(), (_KEYS,), binary=True).fetchall()
        found = [Holder(*row) for row in rows]
        known = [replace(each, query=without_literals(each.query)) for each in found]
        return tuple(sorted(known, key=lambda each: not each.ours))

    def cancel(self, holder: Holder) -> bool:
        return self._end(holder, _CANCEL)

    def terminate(self, holder: Holder) -> bool:
        return self._end(holder, _TERMINATE)

    @contextmanager
    def exclusively(self, note: Callable[[str], None]) -> Iterator[tuple[AppliedMigration, ...]]:
        """Asks again and again instead of waiting: a waiting query's snapshot would hold up
        everybody else's CREATE INDEX CONCURRENTLY. Behind a transaction pooler no session is ours
        to hold it: every transaction takes it for itself (see pooled.py)."""
        if self._sessionless:
            yield self.applied()
            return
        own, prismas, rows = self._try_both()
        if not own:
            self._take(OWN_KEY, note)
        try:
            if not prismas:
                self._take(PRISMA_KEY, note)
            # Those that were read before we had both may have changed since.
            yield rows if prismas else self.applied()
        finally:
            self._let_go(PRISMA_KEY, OWN_KEY)

    @contextmanager
    def without_prisma_lock(self, note: Callable[[str], None]) -> Iterator[None]:
        self._let_go(PRISMA_KEY)
        yield
        # A deploy of Prisma's that has it now sees our unfinished row, and ends (P3009).
        self._take(PRISMA_KEY, note)

    def _take(self, key: int, note: Callable[[str], None]) -> None:
        begun = time.monotonic()
        told = -_TELL_EVERY
        while not self._try_lock(key):
            waited = time.monotonic() - begun
            if waited >= self._target.lock_wait:
                raise self._busy()
            if waited - told >= _TELL_EVERY:
                holder = self.lock_holder() or "a session that is just ending"
                note(f"waiting for the migration lock of {self._target.name}: {holder} has it")
                told = waited
            time.sleep(_POLL)

    def _try_lock(self, key: int) -> bool:
        with explained("take the migration lock"):
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        return bool(row and row[0])

    def _try_both(self) -> tuple[bool, bool, tuple[AppliedMigration, ...]]:
        """Which of the two it got, and the rows right after, in one round trip; Prisma's is asked
        for after ours only."""
        queries = [(_BOTH, (str(OWN_KEY), str(PRISMA_KEY))), rows_query(self._schema)]
        with explained("take the migration lock"):
            locked, rows = ask(self._connection, queries)
            if isinstance(locked, psycopg.Error):
                raise locked
        got: bool | None = locked[0][0]
        return got is not None, got is True, self._read(rows_in(rows))

    def _let_go(self, *keys: int) -> None:
        if not self._connection.closed:
            with explained("let go of the migration lock"):
                query = "SELECT " + ", ".join(["pg_advisory_unlock(%s)"] * len(keys))
                self._connection.execute(query.encode(), keys)

    def _busy(self) -> PostgresError:
        name = self._target.name
        holder = self.lock_holder()
        return PostgresError(
            f"{name} is being migrated by somebody else: {holder or 'another session'} has held "
            f"the migration lock for more than {self._target.lock_wait} seconds.",
            hint="Wait for that rollout to end and run this again. If it is dead, "
            f"`migration-bot unlock {name}` shows its session, and ends it.",
            # A fleet comes back to such a tenant later.
            sqlstate=LOCKED,
        )

    def _end(self, holder: Holder, query: str) -> bool:
        with explained(f"end the session of process {holder.pid}"):
            values = _KEYS, holder.pid, holder.since
            rows = self._connection.execute(query.encode(), values).fetchall()
        return rows == [(True,)]
