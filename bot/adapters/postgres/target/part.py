"""What every part of an open target stands on."""

from bot.adapters.postgres.connection import Connection
from bot.core.target import Target
from bot.core.url import ConnectionUrl


class Part:
    """A connection in autocommit to one target; `schema` is where its migrations table is. `url`
    is where one more connection would go, None if there is to be none."""

    def __init__(
        self,
        connection: Connection,
        target: Target,
        schema: str,
        url: ConnectionUrl | None = None,
    ) -> None:
        self._connection = connection
        self._target = target
        self._schema = schema
        self._url = url
