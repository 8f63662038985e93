"""The migration lock of a target: Prisma's key and one of our own, and who holds them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.part import Part
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


class MigrationLock(Part):
    """See world.Locking."""

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
    def without_prisma_lock(self, note: Callable[[str], None]) -> Iterator[None]:
        self._let_go(PRISMA_KEY)
        yield
        # A deploy of Prisma's that has it now sees our unfinished row, and ends (P3009).
        self._take(PRISMA_KEY, note)

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
