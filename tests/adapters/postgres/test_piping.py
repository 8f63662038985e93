"""Statements in one go, on real servers: what is told, what is left, and in which state."""

import threading
import tracemalloc
from collections.abc import Iterator
from signal import SIGINT, pthread_kill

import psycopg
import pytest
from psycopg.pq import PipelineStatus, TransactionStatus

from bot.adapters.postgres.connection import Connection, explain
from bot.adapters.postgres.piping import Query, Refused, ask, pipe
from bot.rollout.reconnecting import was_lost

Told = list[tuple[int, int]]


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def told_of(connection: Connection, *texts: str) -> Told:
    """The place and the rows of each statement that was done; the last may have been refused."""
    told: Told = []
    queries: list[Query] = [(text, ()) for text in texts]
    try:
        pipe(connection, queries, lambda place, seconds, rows: told.append((place, rows)))
    except Refused as refused:
        told.append((-1, refused.position))
    return told


def usable(connection: Connection) -> bool:
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    out = connection.pgconn.pipeline_status == PipelineStatus.OFF
    return idle and out and connection.execute("SELECT 1").fetchone() == (1,)


def test_each_statement_sees_the_one_before_and_is_told_of_in_order(connection: Connection) -> None:
    made = ["CREATE TABLE a (n int)", "INSERT INTO a VALUES (1), (2)", "UPDATE a SET n = 3"]

    assert told_of(connection, *made, "TABLE a", "") == [(0, 0), (1, 2), (2, 2), (3, 2), (4, 0)]
    assert usable(connection)


def test_no_statement_at_all_is_fine(connection: Connection) -> None:
    assert told_of(connection) == []
    assert usable(connection)


@pytest.mark.parametrize("place", [0, 1, 63, 64, 150])
def test_after_a_refused_statement_nothing_runs(connection: Connection, place: int) -> None:
    texts = ["SELECT nextval('s')"] * 200
    texts[place] = "SELECT 1 / 0"
    connection.execute("CREATE SEQUENCE s")

    assert told_of(connection, *texts) == [*((each, 1) for each in range(place)), (-1, place)]
    assert connection.execute("SELECT nextval('s')").fetchone() == (place + 1,)
    assert usable(connection)


def test_the_error_of_a_refusal_is_the_servers(connection: Connection) -> None:
    with pytest.raises(Refused) as refused:
        pipe(connection, [("SELECT 1", ()), ("TABLE nowhere", ())])

    assert isinstance(refused.value.error, psycopg.errors.UndefinedTable)


def test_values_are_sent_apart_from_the_text(connection: Connection) -> None:
    pipe(connection, [("CREATE TABLE a (t text, n text)", ()), ("BEGIN", ())])
    pipe(connection, [("INSERT INTO a VALUES ($1, $2)", ("'; DROP --", None)), ("COMMIT", ())])

    assert connection.execute("TABLE a").fetchall() == [("'; DROP --", None)]


def test_a_transaction_may_span_several_calls(connection: Connection) -> None:
    pipe(connection, [("BEGIN", ()), ("CREATE TABLE a ()", ())])
    assert connection.info.transaction_status == TransactionStatus.INTRANS
    pipe(connection, [("ROLLBACK", ())])

    assert connection.execute("SELECT to_regclass('a')").fetchone() == (None,)


def test_notices_and_notifications_in_between_are_no_answers(connection: Connection) -> None:
    heard: list[str | None] = []
    connection.add_notice_handler(lambda notice: heard.append(notice.message_primary))

    told = told_of(
        connection,
        *("LISTEN c", "NOTIFY c", "DROP TABLE IF EXISTS nothing", "NOTIFY c"),
        *("DO $$BEGIN RAISE WARNING 'mind'; END$$", "SELECT 1"),
    )

    assert [place for place, _ in told] == [0, 1, 2, 3, 4, 5]
    assert heard[-1] == "mind"
    assert usable(connection)


def test_a_connection_that_is_lost_is_told_as_that(connection: Connection) -> None:
    end = "SELECT pg_terminate_backend(pg_backend_pid())"

    with pytest.raises(Refused) as refused:
        pipe(connection, [("SELECT 1", ()), (end, ()), ("SELECT 2", ())])
    # Whether the last words still arrive is a matter of chance.
    assert refused.value.position <= 1
    assert refused.value.error.sqlstate in ("57P01", None)
    with pytest.raises(psycopg.OperationalError):
        pipe(connection, [("SELECT 1", ())])
    assert connection.closed


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("COPY a FROM STDIN", "COPY FROM STDIN waits for rows, and a migration carries none"),
        ("COPY a TO STDOUT", "COPY TO STDOUT gives its rows to us"),
    ],
)
def test_a_copy_that_wants_or_gives_data_is_given_up_and_is_no_lost_connection(
    connection: Connection, sql: str, words: str
) -> None:
    connection.execute("CREATE TABLE a (n int)")

    with pytest.raises(Refused) as refused:
        pipe(connection, [("SELECT 1", ()), (sql, ()), ("SELECT 1", ())])

    told = explain(refused.value.error, "run it")
    assert told.message.startswith(f"I could not run it: {words}")
    assert (refused.value.position, told.sqlstate, was_lost(told)) == (1, "0A000", False)
    assert "INSERT" in told.hint
    assert connection.closed


def test_big_answers_are_read_and_dropped(connection: Connection) -> None:
    big = "SELECT repeat('x', 1000) FROM generate_series(1, 20000)"

    assert told_of(connection, big, "SELECT 1", big) == [(0, 20_000), (1, 1), (2, 20_000)]


def test_big_statements_do_not_block_each_other(connection: Connection) -> None:
    big = f"SELECT length('{'x' * 1_000_000}'), repeat('x', 1000000)"

    assert told_of(connection, *[big] * 20) == [(place, 1) for place in range(20)]


def test_thousands_of_statements_take_no_more_memory_than_hundreds(connection: Connection) -> None:
    def most(count: int) -> int:
        tracemalloc.start()
        pipe(connection, (("SELECT 1", ()) for _ in range(count)))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few = most(200)

    assert most(5000) < few + 50_000


def test_an_interruption_cancels_the_statement_and_leaves_a_usable_connection(
    connection: Connection,
) -> None:
    runner = threading.main_thread().ident
    assert runner is not None
    press = threading.Timer(0.3, lambda: pthread_kill(runner, SIGINT))
    press.start()

    with pytest.raises(KeyboardInterrupt):
        pipe(connection, [("BEGIN", ()), ("SELECT pg_sleep(60)", ()), ("SELECT 1", ())])
    press.join()
    connection.execute("ROLLBACK")

    assert usable(connection)


def test_questions_are_answered_each_for_itself_in_one_round_trip(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        one, refused, two = ask(
            connection, [("SELECT 1, $1::text", ("a",)), ("SELECT gone", ()), ("SELECT 2", ())]
        )
        assert (one, two) == ([(1, "a")], [(2,)])
        assert isinstance(refused, psycopg.errors.UndefinedColumn)
        assert connection.execute("SELECT 3").fetchone() == (3,)
