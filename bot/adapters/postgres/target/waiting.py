"""An end to waiting for what runs concurrently: it waits for others without a lock_timeout, which
would break it half-way at the first of them, and should not do so for ever."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.part import Part
from bot.core.migrations.literals import without_literals
from bot.core.rollouts.blocker import Blocker, Blocking
from bot.errors import PostgresError

_LOOK_EVERY = 0.5
_CANCELLED = "57014"

_WAITS = """
SELECT wait_event_type = 'Lock', extract(epoch FROM query_start)::text
  FROM pg_catalog.pg_stat_activity WHERE pid = %s
"""
_THEY = """
SELECT pid, coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - xact_start), 0)::float8,
       coalesce(application_name, ''), coalesce(usename, ''), coalesce(state, ''),
       CASE WHEN state IS NOT NULL THEN query END
  FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_catalog.pg_blocking_pids(%s))
 ORDER BY xact_start
"""
# Not the statement that comes after it.
_CUT = """
SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity
 WHERE pid = %s AND extract(epoch FROM query_start)::text = %s AND wait_event_type = 'Lock'
"""


class Waiting(Part):
    """See world.InTheWay.waiting_at_most."""

    @contextmanager
    def waiting_at_most(self, milliseconds: int) -> Iterator[None]:
        info = self._connection.info
        beside = make_conninfo(info.dsn, password=info.password or None)
        watch = _Watch(beside, self._process(), milliseconds / 1000)
        watch.start()
        try:
            yield
        except PostgresError as error:
            if error.sqlstate == _CANCELLED and watch.has_cut:
                raise watch.told() from error
            raise
        finally:
            watch.stop()

    def _process(self) -> int:
        """Asked of the server: what a pooler tells at the start may be the number of another."""
        with explained("see which process serves us"):
            row = self._connection.execute("SELECT pg_catalog.pg_backend_pid()").fetchone()
        assert row is not None
        return int(row[0])


class _Watch(threading.Thread):
    """Cancels what a session runs as soon as it has waited for others for so many seconds.

    `cut` are the sessions that it waited for then; none for a prepared transaction.
    """

    def __init__(self, conninfo: str, pid: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self.has_cut = False
        self.cut: tuple[Blocker, ...] = ()
        self._conninfo = conninfo
        self._pid = pid
        self._seconds = seconds
        self._ended = threading.Event()

    def run(self) -> None:
        """Connects when it has been at it for a while, and again for as long as that fails."""
        while not self._ended.wait(_LOOK_EVERY):
            try:
                with psycopg.connect(self._conninfo, autocommit=True) as connection:
                    self._watch(connection)
            except psycopg.Error:
                continue

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def told(self) -> PostgresError:
        there = "; ".join(str(each) for each in self.cut) or "a prepared transaction"
        hint = "See pg_prepared_xacts for what was prepared and never ended; then run this again."
        if self.cut:
            first = self.cut[0].pid
            hint = (
                f"Let it end, or end it (`SELECT pg_cancel_backend({first})`, then "
                f"`pg_terminate_backend({first})`), and run this again; or raise the target's "
                "lock_budget."
            )
        return PostgresError(
            f"It waited for others for more than {self._seconds:g} s, and was cut off. "
            f"In the way: {there}.",
            hint=hint,
        )

    def _watch(self, connection: psycopg.Connection[Any]) -> None:
        since: float | None = None
        while True:
            row = connection.execute(_WAITS, (self._pid,)).fetchone()
            waits, begun = row or (False, None)
            now = time.monotonic()
            if not waits:
                since = None
            elif since is None:
                since = now
            elif now - since >= self._seconds:
                self.cut = tuple(_they(connection, self._pid))
                self.has_cut = True
                connection.execute(_CUT, (self._pid, begun))
                since = None
            if self._ended.wait(_LOOK_EVERY):
                return


def _they(connection: psycopg.Connection[Any], pid: int) -> Iterator[Blocker]:
    for pid_, age, application, user, state, query in connection.execute(_THEY, (pid,)):
        yield Blocker(
            kind=Blocking.SESSION,
            pid=pid_,
            age=age,
            application=application,
            user=user,
            state=state,
            query=without_literals(query or ""),
        )
