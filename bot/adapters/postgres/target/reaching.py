"""Gets a connection to a target: past a server that is full for a moment, and through a pooler."""

import time
from dataclasses import replace

from bot.adapters.postgres.connection import Connection, connect
from bot.core.url import ConnectionUrl
from bot.errors import PostgresError

PATIENCE = 15.0
_FULL = "53300"
_NOT_READY = "57P03"
_PARAMETERS = "08P01"
_PAUSES = (0.2, 0.5, 1.0, 2.0)


def reach(
    url: ConnectionUrl, *, application_name: str, patience: float = PATIENCE
) -> tuple[Connection, ConnectionUrl]:
    """A connection, and the URL that led there: `pooled` if the first one was not taken because of
    its parameters, as poolers do.

    A server that is full, or just starting, is asked again for `patience` seconds. Raises
    PostgresError that says for how long.
    """
    deadline = time.monotonic() + patience
    tried = 0
    while True:
        try:
            return _through(url, application_name)
        except PostgresError as error:
            if error.sqlstate not in (_FULL, _NOT_READY):
                raise
            pause = _PAUSES[min(tried, len(_PAUSES) - 1)]
            tried += 1
            if time.monotonic() + pause >= deadline:
                raise _gave_up(error, tried, patience) from None
            time.sleep(pause)


def _through(url: ConnectionUrl, name: str) -> tuple[Connection, ConnectionUrl]:
    try:
        return connect(url, application_name=name), url
    except PostgresError as error:
        # Options of the person's own cannot be set later; the search path can.
        if error.sqlstate != _PARAMETERS or url.pooled or not url.only_search_path:
            raise
    pooled = replace(url, pooled=True)
    return connect(pooled, application_name=name), pooled


def _gave_up(error: PostgresError, tried: int, patience: float) -> PostgresError:
    return PostgresError(
        f"{error.message.rstrip('.')}; tried {tried} times in {patience:.0f} seconds.",
        hint=error.hint,
        sqlstate=error.sqlstate,
    )
