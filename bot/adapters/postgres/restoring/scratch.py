"""The database beside the target's that a backup is restored into first, and its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

from psycopg import sql
from psycopg.sql import Identifier

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.restoring.names import left_behind, scratch_mark, scratch_name
from bot.adapters.postgres.restoring.properties import Properties, commenting, creating
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

# Of each of these a new database has none but the server's own.
_NOTHING_IN_IT = """
SELECT NOT EXISTS (
    SELECT oid FROM pg_catalog.pg_class WHERE oid >= 16384
    UNION ALL SELECT oid FROM pg_catalog.pg_type WHERE oid >= 16384
    UNION ALL SELECT oid FROM pg_catalog.pg_proc WHERE oid >= 16384
    UNION ALL SELECT oid FROM pg_catalog.pg_namespace WHERE oid >= 16384
    UNION ALL SELECT oid FROM pg_catalog.pg_extension WHERE oid >= 16384
    UNION ALL SELECT oid FROM pg_catalog.pg_largeobject_metadata)
"""
_ENDED = "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = %s"
_PATIENCE = 5.0
_POLL = 0.05
_DUPLICATE_DATABASE = "42P04"
# Autovacuum's have no user, and are sent away by the server itself.
_SESSION_ENDED = """
SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
 WHERE datname = %s AND usesysid IS NOT NULL
"""


@contextmanager
def scratch(
    connection: Connection,
    database: str,
    like: Properties | None,
    *,
    encoding: str,
    major: int,
    another: Callable[[], Connection],
) -> Iterator[str]:
    """An empty database, made as the one that it is to take the place of; dropped if the block
    does not end well, or an interruption comes while it is made. `another` connects to the server
    once more, for when this connection cannot be used any longer."""
    name, pid = scratch_name(database), connection.info.backend_pid
    try:
        try:
            with explained("create a database to restore into"):
                # A server that is told to stop may have made it all the same.
                connection.execute(creating(name, like, encoding=encoding, major=major))
                connection.execute(commenting(name, scratch_mark(database)))
            yield name
        except Exception as error:
            # What was in the way of the restore may be in the way of this, too; the next run
            # sweeps.
            if not is_of_another(error):
                with suppress(Exception):
                    drop(connection, name)
            raise
    except (KeyboardInterrupt, GeneratorExit):
        # A process is interrupted once: nothing comes in between here.
        with suppress(Exception):
            _drop_interrupted(connection, pid, name, another)
        raise


def sweep(connection: Connection, database: str, url: ConnectionUrl) -> tuple[str, ...]:
    """Drop what killed restores left behind. Nothing is dropped that does not bear their mark, or
    at least their name and has nothing in it."""
    swept = []
    with explained("look for what a killed restore left behind"):
        found = left_behind(connection, database)
    for name, marked in found:
        if marked or _is_empty(url.with_database(name)):
            with explained(f"drop {name}, which a killed restore left behind"):
                drop(connection, name)
            swept.append(name)
    return tuple(swept)


def drop(connection: Connection, name: str) -> None:
    """The sessions in it are those of a pg_restore that has been killed."""
    connection.execute(_SESSION_ENDED, (name,))
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))


def is_of_another(error: BaseException) -> bool:
    """Whether there was one of that name already."""
    return isinstance(error, PostgresError) and error.sqlstate == _DUPLICATE_DATABASE


def _drop_interrupted(
    connection: Connection, pid: int, name: str, another: Callable[[], Connection]
) -> None:
    """In the middle of a statement the connection takes no other, while the server goes on with
    that one: what is made by it only then would stay."""
    connection.close()
    with closing(another()) as fresh:
        _end(fresh, pid)
        drop(fresh, name)


def _end(connection: Connection, pid: int) -> None:
    """Returns once that session has ended; it may be slow to hear of it."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if connection.execute(_ENDED, (pid,)).fetchone() is None:
            return
        time.sleep(_POLL)


def _is_empty(url: ConnectionUrl) -> bool:
    try:
        with connect(url, application_name="migration-bot/restore", read_only=True) as inside:
            row = inside.execute(_NOTHING_IN_IT).fetchone()
    except PostgresError:
        return False
    return row == (True,)
