"""Gets a connection to a target: past a server that is full for a moment, and through a pooler."""

import time
from dataclasses import dataclass, replace

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.target.settings import SETTINGS
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

PATIENCE = 15.0
_FULL = "53300"
_NOT_READY = "57P03"
# What a pooler does not take, and what a server does not know, or not on its operating system.
_PARAMETERS = "08P01"
_SETTING = "22023"
_PAUSES = (0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Reached:
    """A connection, and the URL that led there: `pooled` if the first one was not taken because of
    its parameters, as poolers do. `begun` if the session was given its settings."""

    connection: Connection
    url: ConnectionUrl
    begun: bool


def reach(url: ConnectionUrl, *, application_name: str, patience: float = PATIENCE) -> Reached:
    """A server that is full, or just starting, is asked again for `patience` seconds. Raises
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


def _through(url: ConnectionUrl, name: str) -> Reached:
    if not url.pooled:
        try:
            begun = connect(url, application_name=name, settings=SETTINGS)
            return Reached(begun, url, begun=True)
        except PostgresError as error:
            if error.sqlstate not in (_PARAMETERS, _SETTING):
                raise
    try:
        return Reached(connect(url, application_name=name), url, begun=False)
    except PostgresError as error:
        # Options of the person's own cannot be set later; the search path can.
        if error.sqlstate != _PARAMETERS or url.pooled or not url.only_search_path:
            raise
    pooled = replace(url, pooled=True)
    return Reached(connect(pooled, application_name=name), pooled, begun=False)


def _gave_up(error: PostgresError, tried: int, patience: float) -> PostgresError:
    return PostgresError(
        f"{error.message.rstrip('.')}; tried {tried} times in {patience:.0f} seconds.",
        hint=error.hint,
        sqlstate=error.sqlstate,
    )
