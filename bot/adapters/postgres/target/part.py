"""What every part of an open target stands on."""

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.target.session import AS_BEFORE, FORGOTTEN
from bot.core.target import Target


class Part:
    """A connection in autocommit to one target; `schema` is where its migrations table is.

    `_reset` is what brings its session back to what it was at its beginning.
    """

    def __init__(self, connection: Connection, target: Target, schema: str) -> None:
        self._connection = connection
        self._target = target
        self._schema = schema
        self._reset = f"{AS_BEFORE}; {FORGOTTEN}"
