"""Opens a target: a connection, and everything a rollout does over it."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.adapters.postgres.kept.part import Keeping
from bot.adapters.postgres.target.around import Servers
from bot.adapters.postgres.target.auditing import Auditing
from bot.adapters.postgres.target.batching import Batching
from bot.adapters.postgres.target.blocking import InTheWay
from bot.adapters.postgres.target.leftovers import Leftovers
from bot.adapters.postgres.target.locking import MigrationLock
from bot.adapters.postgres.target.looking import Looking
from bot.adapters.postgres.target.reaching import reach
from bot.adapters.postgres.target.running import Running
from bot.adapters.postgres.target.waiting import Waiting
from bot.adapters.postgres.target.watching import Watching
from bot.core.rollouts.holder import session_name
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl


class TargetDatabase(
    Looking,
    Leftovers,
    MigrationLock,
    InTheWay,
    Waiting,
    Batching,
    Running,
    Watching,
    Auditing,
    Keeping,
):
    """An open connection to a target, in autocommit. See world.Database."""


@contextmanager
def open_target(
    target: Target, url: ConnectionUrl, *, who: str = "", servers: Servers | None = None
) -> Iterator[TargetDatabase]:
    """Connect to a target; the connection, and with it every lock, ends with the block.

    `who` is shown to whoever asks for the holder of the migration lock. `servers` is shared by
    those who open many databases of a few servers."""
    reached = reach(url, application_name=session_name(target.name, who))
    connection, url = reached.connection, reached.url
    # Every statement is sent once: preparing it would only cost, and break after DDL.
    connection.prepare_threshold = None
    try:
        yield TargetDatabase(
            connection, target, url.schema, url, begun=reached.begun, servers=servers
        )
    finally:
        connection.close()
