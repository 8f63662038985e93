"""Statements one after the other in one go: one round trip, and each told of as it is done.

psycopg's own pipeline tells only at the end what became of whom, and keeps every answer until then.
"""

import time
from collections.abc import Container, Iterable, Sequence
from typing import Any

import psycopg
from psycopg import generators
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, PipelineStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from bot.adapters.postgres.connection import Connection, NotCarried
from bot.core.rollouts.doing import Heard

# So many are under way at once: enough to hide the way to the server, and little memory.
_WINDOW = 64
_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)
_COPYING = {
    ExecStatus.COPY_IN: "COPY FROM STDIN waits for rows, and a migration carries none",
    ExecStatus.COPY_OUT: "COPY TO STDOUT gives its rows to us, and we have no use for "
    "them; what was sent after it may be done all the same",
    ExecStatus.COPY_BOTH: "it wants to send and be sent rows, as replication does",
}

# A statement, and the values of its $1, $2, …
Query = tuple[str, Sequence[str | None]]
# Its rows, or why it was refused.
Answer = list[tuple[Any, ...]] | psycopg.Error


class Refused(Exception):
    """`position` is the place of the query that was refused, or was under way when the connection
    was lost; `error` what the server said, if it still said something."""

    def __init__(self, position: int, error: psycopg.Error) -> None:
        super().__init__(position)
        self.position = position
        self.error = error


def pipe(
    connection: Connection,
    queries: Iterable[Query],
    heard: Heard = lambda *_: None,
    *,
    awaited: Container[int] = (),
) -> None:
    """Run queries in order until one is refused; those after it are not run.

    `heard` is told of each that is done: its place, the seconds since the one before, and how many
    rows it changed or gave; of those in `awaited` at once. Rows are dropped.
    Raises Refused, also if the connection is lost; psycopg.Error if it was lost before.
    """
    with connection.lock:
        refused = connection.wait(_piped(connection.pgconn, queries, heard, awaited))
    if refused is not None:
        raise refused


def ask(connection: Connection, queries: Sequence[Query], *, at_once: bool = True) -> list[Answer]:
    """The rows of each query, or why it was refused: each is a transaction, and all of them are
    one round trip, unless a pooler might give it to several. Raises psycopg.Error if the connection
    is lost."""
    if not at_once:
        return [answer for each in queries for answer in ask(connection, [each])]
    with connection.lock:
        try:
            results = connection.wait(_asked(connection.pgconn, queries))
        except BaseException:
            # Answers are still to come, and nobody would know whose.
            connection.close()
            raise
    return [_answer(connection, each) for each in results]


def say(connection: Connection, text: str) -> None:
    """Run statements that give nothing back, in one message. Raises psycopg.Error."""
    with connection.lock:
        connection.pgconn.send_query(text.encode())
        results = connection.wait(generators.execute(connection.pgconn))
    for each in results:
        if each.status in _FAILED:
            raise error_from_result(each, connection.info.encoding)


def in_the_middle(connection: Connection) -> bool:
    """Whether a pipe was left before its last answer came."""
    pgconn = connection.pgconn
    return (
        pgconn.pipeline_status != PipelineStatus.OFF
        or pgconn.transaction_status == TransactionStatus.ACTIVE
    )


def _piped(
    pgconn: PGconn,
    queries: Iterable[Query],
    heard: Heard,
    awaited: Container[int],
) -> PQGen[Refused | None]:
    pgconn.enter_pipeline_mode()
    waiting = iter(queries)
    sent = done = 0
    ended = False
    refused: Refused | None = None
    last: PGresult | None = None
    at = time.monotonic()
    try:
        while True:
            while not ended and sent - done < _WINDOW:
                query = next(waiting, None) if refused is None else None
                if query is None:
                    pgconn.pipeline_sync()
                    ended = True
                    break
                _send(pgconn, query)
                sent += 1
                if sent - 1 in awaited or sent - done == _WINDOW:
                    # Without it the server keeps its answers until the end.
                    pgconn.send_flush_request()
            yield from flushed(pgconn)
            result = yield from _next(pgconn)
            if result is None:
                if last is not None and last.status != ExecStatus.PIPELINE_ABORTED and not refused:
                    now = time.monotonic()
                    heard(done, now - at, last.command_tuples or 0)
                    at = now
                done, last = done + 1, None
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                break
            if result.status in _COPYING:
                # There is no way back out of it but to hang up.
                pgconn.finish()
                return Refused(done, NotCarried(_COPYING[ExecStatus(result.status)]))
            last = result
            if result.status in _FAILED and refused is None:
                refused = Refused(done, error_from_result(result))
        pgconn.exit_pipeline_mode()
    except psycopg.OperationalError as error:
        return refused or Refused(done, error)
    return refused


def _send(pgconn: PGconn, query: Query) -> None:
    text, values = query
    given = [None if value is None else value.encode() for value in values]
    # In binary: the text of a time follows the DateStyle of the role or the database.
    pgconn.send_query_params(
        text.encode("utf-8", "surrogatepass"), given or None, result_format=Format.BINARY
    )


def _asked(pgconn: PGconn, queries: Sequence[Query]) -> PQGen[list[PGresult]]:
    pgconn.enter_pipeline_mode()
    for query in queries:
        _send(pgconn, query)
        pgconn.pipeline_sync()
    yield from flushed(pgconn)
    results: list[PGresult] = []
    while len(results) < len(queries):
        last: PGresult | None = None
        while True:
            result = yield from _next(pgconn)
            if result is None:
                if pgconn.status == ConnStatus.BAD:
                    raise psycopg.OperationalError("the connection is lost")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                break
            else:
                last = result
        assert last is not None
        results.append(last)
    pgconn.exit_pipeline_mode()
    return results


def _answer(connection: Connection, result: PGresult) -> Answer:
    if result.status in _FAILED:
        return error_from_result(result, connection.info.encoding)
    transformer = Transformer(connection)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


def _next(pgconn: PGconn) -> PQGen[PGresult | None]:
    while pgconn.is_busy():
        try:
            yield from received(pgconn)
        except psycopg.OperationalError:
            # The server's last words may have come along with the end.
            break
    return pgconn.get_result()


def received(pgconn: PGconn) -> PQGen[None]:
    """Wait for something from the server, and read it."""
    while not (yield Wait.R):
        continue
    pgconn.consume_input()
    drop_notifications(pgconn)


def drop_notifications(pgconn: PGconn) -> None:
    """libpq keeps them until they are asked for, and there may be a million in one answer."""
    while pgconn.notifies() is not None:
        continue


def flushed(pgconn: PGconn) -> PQGen[None]:
    """Wait until all that was given to libpq is on its way."""
    while pgconn.flush() != 0:
        while not (ready := (yield Wait.RW)):
            continue
        if ready & Ready.R:
            pgconn.consume_input()
