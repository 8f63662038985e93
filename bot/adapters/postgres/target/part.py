"""What every part of an open target stands on."""

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.target.around import Servers
from bot.adapters.postgres.target.pooling import pooling_of
from bot.adapters.postgres.target.session import RESET
from bot.adapters.postgres.target.settings import set_by_hand
from bot.core.targets.server import Pooling
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl


class Part:
    """A connection in autocommit to one target; `schema` is where its migrations table is. `url`
    is where one more connection would go. `begun` says that the session was given its settings
    when it began. `servers` is what others have found out of the same server a moment ago.

    `_finished` is how many migrations are recorded as applied, once that was read.
    `_reset` is what brings its session back to what it was at its beginning.
    """

    def __init__(
        self,
        connection: Connection,
        target: Target,
        schema: str,
        url: ConnectionUrl,
        *,
        begun: bool = False,
        servers: Servers | None = None,
    ) -> None:
        self._connection = connection
        self._target = target
        self._schema = schema
        self._url = url
        self._begun = begun
        self._servers = servers
        self._finished: int | None = None
        self._reset: tuple[str, ...] = RESET
        self._known_pooling: Pooling | None = None

    @property
    def _pooling(self) -> Pooling:
        """What stands between us and the server; asked for once, and before anything is written."""
        if self._known_pooling is None:
            with explained("see whether a pooler stands before it"):
                row = self._connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            return self._meet(row[0])
        return self._known_pooling

    def _meet(self, pid: int) -> Pooling:
        """The process that answered us says what stands between. A transaction pooler would hand
        settings on to others, and no pooler need have kept those of the beginning."""
        if self._known_pooling is None:
            found = pooling_of(self._connection, self._url, seen=pid)
            begun = self._begun and found is Pooling.NONE
            if found is not Pooling.TRANSACTION and not begun:
                self._reset = (*RESET, *set_by_hand(self._connection))
            self._known_pooling = found
        return self._known_pooling

    @property
    def _sessionless(self) -> bool:
        """Whether nothing may outlast a transaction."""
        return self._pooling is Pooling.TRANSACTION
