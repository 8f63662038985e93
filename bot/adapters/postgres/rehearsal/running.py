"""Runs one statement that nobody trusts: whatever it sends back is read, and nothing of it kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.piping import drop_notifications, flushed, received
from bot.adapters.postgres.rehearsal.guard import Guard

_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.NONFATAL_ERROR)
_INSIDE, _BROKEN = TransactionStatus.INTRANS, TransactionStatus.INERROR
_NO_ROWS = b"a migration has no rows to give"


def execute_bounded(connection: Connection, sql: str) -> None:
    """Run one statement of any kind, as a migration is run: with PostgreSQL's simple protocol.

    Rows are dropped one by one as they come, copied data and notifications too. Raises
    psycopg.Error with what the server said, also where it hung up afterwards.
    """
    if "\0" in sql:
        # libpq would stop there, and run what is before it.
        raise psycopg.DataError("it has a NUL character in it")
    # What is no text is the server's to refuse.
    text = sql.encode("utf-8", "surrogatepass")
    with connection.lock, _unheard(connection):
        error = connection.wait(_executed(connection.pgconn, text))
    if error is not None:
        raise error_from_result(error, _encoding(connection))


@contextmanager
def transaction(connection: Connection, guard: Guard) -> Iterator[None]:
    """One transaction, whose end is watched like a statement: deferred triggers run in it.

    A block that ends its transaction itself is left alone.
    """
    execute_bounded(connection, "BEGIN")
    try:
        yield
    except BaseException:
        with _quietly():
            if connection.pgconn.transaction_status in (_INSIDE, _BROKEN):
                connection.pgconn.exec_(b"ROLLBACK")
        raise
    with guard.watching(connection):
        execute_bounded(connection, "COMMIT")


def _executed(pgconn: PGconn, sql: bytes) -> PQGen[PGresult | None]:
    """The first result that is an error, when there are no more; None if there was none."""
    failed: PGresult | None = None
    try:
        pgconn.send_query(sql)
        pgconn.set_single_row_mode()
        yield from flushed(pgconn)
        while (result := (yield from _next(pgconn))) is not None:
            if result.status in _FAILED:
                failed = failed or result
            elif result.status == ExecStatus.COPY_OUT:
                yield from _copied(pgconn)
            elif result.status == ExecStatus.COPY_IN:
                pgconn.put_copy_end(_NO_ROWS)
                yield from flushed(pgconn)
    except psycopg.OperationalError:
        # What it said before it hung up is read already, and tells more than the silence after.
        last_words = failed or _last_words(pgconn)
        if last_words is None:
            raise
        return last_words
    return failed


def _next(pgconn: PGconn) -> PQGen[PGresult | None]:
    while pgconn.is_busy():
        yield from received(pgconn)
    drop_notifications(pgconn)
    return pgconn.get_result()


def _copied(pgconn: PGconn) -> PQGen[None]:
    """Read copied rows to their end."""
    while (size := pgconn.get_copy_data(1)[0]) >= 0:
        if size == 0:
            yield from received(pgconn)


def _last_words(pgconn: PGconn) -> PGresult | None:
    """An error with a code of the server's, from a connection that has ended."""
    found: PGresult | None = None
    with _quietly():
        while not pgconn.is_busy() and (result := pgconn.get_result()) is not None:
            if result.error_field(psycopg.pq.DiagnosticField.SQLSTATE):
                found = found or result
    return found


@contextmanager
def _quietly() -> Iterator[None]:
    try:
        yield
    except psycopg.Error:
        return


@contextmanager
def _unheard(connection: Connection) -> Iterator[None]:
    """Without a handler psycopg keeps every notification that comes in passing."""

    def ignore(_: psycopg.Notify) -> None:
        return

    connection.add_notify_handler(ignore)
    try:
        yield
    finally:
        connection.remove_notify_handler(ignore)


def _encoding(connection: Connection) -> str:
    """Of the server's messages; a migration may have set one that Python does not know."""
    try:
        return connection.info.encoding
    except psycopg.Error:
        return "utf-8"
