"""Two databases change places: both renames are one transaction of the server's.

RENAME takes a lock that every session takes, too, as it begins: from then on nobody comes in, and
those who are in have five seconds to go. So somebody else ends their sessions meanwhile, ours last.
Whatever is killed on the way, the server has done both renames or neither.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event

import psycopg
from psycopg import sql
from psycopg.sql import Identifier

from bot.adapters.postgres.connection import Connection, explain
from bot.adapters.postgres.restoring.names import kept_mark
from bot.adapters.postgres.restoring.properties import Properties, commenting, giving
from bot.core.restores.outcome import Step
from bot.errors import PostgresError

PATIENCE = 60.0
_POLL = 0.05
_IN_USE = "55006"

# Autovacuum's have no user, and are sent away by the server itself.
_END = """
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_catalog.pg_stat_activity
 WHERE datname = %s AND usesysid IS NOT NULL AND pid <> ALL (%s)
"""
# Whether the renames hold the lock that keeps sessions from beginning.
_SHUT = """
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_locks AS l
  JOIN pg_catalog.pg_database AS d ON d.oid = l.objid
 WHERE d.datname = %s AND l.pid = %s AND l.granted AND l.locktype = 'object'
   AND l.classid = 'pg_catalog.pg_database'::regclass AND l.mode = 'AccessExclusiveLock')
"""
_WHO = """
SELECT string_agg(DISTINCT coalesce(usename, backend_type), ', ')
  FROM pg_catalog.pg_stat_activity WHERE datname = %s
"""


@dataclass(frozen=True)
class Swap:
    """`scratch` takes the name of `database`, which is `kept` under another from then on. `like`
    are the properties it had; None if it was not there. `ours` are the processes of sessions in
    it that `leave` ends."""

    database: str
    scratch: str
    kept: str
    like: Properties | None
    backup: str
    ours: tuple[int, ...]
    leave: Callable[[], None]


def swap(
    renaming: Connection, ending: Connection, order: Swap, heard: Callable[[Step], None]
) -> None:
    """Carry it out, trying for a minute. Raises PostgresError, and nothing has changed then.

    Both connections are to another database of the server. Once our own sessions have left, and
    with them the migration lock, there is no second try: a rollout might have begun."""
    deadline = time.monotonic() + PATIENCE
    left = Event()

    def leave() -> None:
        left.set()
        order.leave()

    watched = replace(order, leave=leave)
    with ThreadPoolExecutor(max_workers=1) as pool:
        while True:
            renamed = pool.submit(_rename, renaming, order, heard)
            try:
                _await(renamed, renaming, ending, watched)
                return renamed.result()
            except psycopg.Error as error:
                if error.sqlstate != _IN_USE or left.is_set() or time.monotonic() >= deadline:
                    raise _refused(error, ending, order) from None


def _await(renamed: "Future[None]", renaming: Connection, ending: Connection, order: Swap) -> None:
    """An interruption takes the renames back, and so does a session that may not be ended; what
    comes too late changes nothing."""
    try:
        _keep_out(ending, order, renamed, renaming.info.backend_pid)
    except BaseException:
        renaming.cancel()
        if renamed.exception() is not None:
            raise


def _rename(connection: Connection, order: Swap, heard: Callable[[Step], None]) -> None:
    with connection.transaction():
        # A crash must not take back what was told.
        connection.execute("SET LOCAL synchronous_commit = on")
        heard(Step.SWAPPING)
        if order.like is not None:
            connection.execute(_renamed(order.database, order.kept))
            connection.execute(commenting(order.kept, kept_mark(order.database, order.backup)))
            heard(Step.RENAMED)
        connection.execute(_renamed(order.scratch, order.database))
        comment = order.like.comment if order.like else None
        connection.execute(commenting(order.database, comment))


def _keep_out(connection: Connection, order: Swap, renamed: "Future[None]", pid: int) -> None:
    """As soon as nobody can come in, end the sessions of others, then our own."""
    while not renamed.done():
        row = connection.execute(_SHUT, (order.database, pid)).fetchone()
        if row == (True,):
            ended = connection.execute(_END, (order.database, list(order.ours))).fetchone()
            if ended == (0,):
                order.leave()
        time.sleep(_POLL)


def fit(connection: Connection, name: str, like: Properties | None) -> None:
    """Give a database the rights, settings and limit of the one whose place it is to take."""
    if like is None:
        return
    try:
        with connection.transaction():
            for statement in giving(name, like):
                connection.execute(statement)
    except psycopg.Error as error:
        raise explain(error, "carry the settings of the database over") from None


def _renamed(name: str, new: str) -> sql.Composed:
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(new))


def _refused(error: psycopg.Error, connection: Connection, order: Swap) -> PostgresError:
    if error.sqlstate != _IN_USE:
        return explain(error, f"put the restored database in the place of {order.database}")
    row = connection.execute(_WHO, (order.database,)).fetchone()
    return PostgresError(
        f"Sessions in {order.database} could not be ended in time "
        f"(of {(row and row[0]) or 'nobody any more'}). The target was not changed.",
        hint="Stop the application, or use a role that may end its sessions "
        "(GRANT pg_signal_backend), and run this again.",
        sqlstate=error.sqlstate,
    )
