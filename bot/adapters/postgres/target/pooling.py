"""Whether a pooler stands between us and the server, and what it keeps of a session.

A pooler makes up the process that it names at the start. In transaction mode one session of ours
meets several of the server's, or two of ours meet the same one, which is what is looked for.
"""

import select
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

from bot.adapters.postgres.connection import Connection, connect
from bot.core.targets.server import Pooling
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

CONNECTIONS = 3
_ROUNDS = 4
# A session pooler without a free place lets the second of us wait, for two minutes if we let it.
_PATIENCE = 3.0


def pooling_of(connection: Connection, url: ConnectionUrl, *, seen: int) -> Pooling:
    """`seen` is the process that answered. What cannot be found out counts as TRANSACTION: what is
    safe there is safe everywhere."""
    if url.pooled:
        return Pooling.TRANSACTION
    if seen == connection.info.backend_pid:
        return Pooling.NONE
    try:
        return _tried(url)
    except PostgresError:
        return Pooling.TRANSACTION


def _tried(url: ConnectionUrl) -> Pooling:
    with ExitStack() as stack:
        opened = [
            stack.enter_context(closing(connect(url, application_name="migration-bot/pooler")))
            for _ in range(CONNECTIONS)
        ]
        met: list[set[int]] = [set() for _ in opened]
        for place, pid in _answers(opened):
            if pid is None:
                return Pooling.TRANSACTION
            met[place].add(pid)
            shared = any(pid in others for n, others in enumerate(met) if n != place)
            if shared or len(met[place]) > 1:
                return Pooling.TRANSACTION
    return Pooling.SESSION


def _answers(opened: list[Connection]) -> Iterator[tuple[int, int | None]]:
    """Who answers each of us, round after round, in changing order; None if nobody does."""
    for turn in range(_ROUNDS):
        places = list(range(len(opened)))
        for place in places[turn % 2 :] + places[: turn % 2]:
            yield place, _pid(opened[place])


def _pid(connection: Connection) -> int | None:
    """The server process that runs our query; None if none does in time."""
    pgconn = connection.pgconn
    pgconn.send_query(b"SELECT pg_backend_pid()")
    deadline = time.monotonic() + _PATIENCE
    while pgconn.is_busy():
        ready = select.select([pgconn.socket], [], [], max(0.0, deadline - time.monotonic()))
        if not ready[0]:
            return None
        pgconn.consume_input()
    pid = None
    while (result := pgconn.get_result()) is not None:
        if result.ntuples:
            pid = int(result.get_value(0, 0) or 0)
    return pid
