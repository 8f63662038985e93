"""Opens a target: a connection, and everything a rollout does over it."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.target.locking import MigrationLock
from bot.adapters.postgres.target.looking import Looking
from bot.adapters.postgres.target.recording import Rows
from bot.adapters.postgres.target.running import Running
from bot.adapters.postgres.target.watching import Watching
from bot.core.target import Target
from bot.core.url import ConnectionUrl


class TargetDatabase(Looking, MigrationLock, Rows, Running, Watching):
    """An open connection to a target, in autocommit. See world.Database."""


@contextmanager
def open_target(target: Target, url: ConnectionUrl) -> Iterator[TargetDatabase]:
    """Connect to a target; the connection, and with it every lock, ends with the block."""
    connection = connect(url, application_name=f"migration-bot/{target.name}")
    # Every statement is sent once: preparing it would only cost, and break after DDL.
    connection.prepare_threshold = None
    try:
        yield TargetDatabase(connection, target, url.schema, url)
    finally:
        connection.close()
