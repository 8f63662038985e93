"""What every part of an open target stands on."""

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.target.pooling import pooling_of
from bot.adapters.postgres.target.session import AS_BEFORE, FORGOTTEN
from bot.core.server import Pooling
from bot.core.target import Target
from bot.core.url import ConnectionUrl


class Part:
    """A connection in autocommit to one target; `schema` is where its migrations table is. `url`
    is where one more connection would go.

    `_finished` is how many migrations are recorded as applied, once that was read.
    `_reset` is what brings its session back to what it was at its beginning.
    """

    def __init__(
        self, connection: Connection, target: Target, schema: str, url: ConnectionUrl
    ) -> None:
        self._connection = connection
        self._target = target
        self._schema = schema
        self._reset = f"{AS_BEFORE}; {FORGOTTEN}"
        self._url = url
        self._finished: int | None = None
        self._known_pooling: Pooling | None = None

    @property
    def _pooling(self) -> Pooling:
        """What stands between us and the server; asked for once."""
        if self._known_pooling is None:
            with explained("see whether a pooler stands before it"):
                row = self._connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            self._known_pooling = pooling_of(self._connection, self._url, seen=row[0])
        return self._known_pooling

    @property
    def _sessionless(self) -> bool:
        """Whether nothing may outlast a transaction."""
        return self._pooling is Pooling.TRANSACTION
