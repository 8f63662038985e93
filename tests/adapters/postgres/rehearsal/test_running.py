"""One statement on a real server, whatever it sends back."""

import resource

import psycopg
import pytest

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.running import execute_bounded, transaction
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal_order import Limits

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

EVERY_KIND = (
    "CREATE TABLE t (a int)",
    "INSERT INTO t VALUES (1), (2) RETURNING a",
    "SELECT * FROM t",
    "EXPLAIN ANALYZE SELECT * FROM t",
    "DO $$ BEGIN RAISE NOTICE 'x'; END $$",
    "CREATE PROCEDURE p(INOUT a int) LANGUAGE sql AS 'SELECT 1'",
    "CALL p(1)",
    "CREATE INDEX CONCURRENTLY ON t (a)",
    "VACUUM t",
    "COPY t TO STDOUT",
    "SELECT 'infinity'::timestamp, '{}'::int[], NULL",
    "SELECT",
    "SHOW search_path",
    "LISTEN somebody",
    "NOTIFY somebody, 'x'",
    "BEGIN",
    "DECLARE c CURSOR FOR SELECT 1",
    "FETCH ALL FROM c",
    "ROLLBACK",
    "",
)


@pytest.fixture
def connection(database: str) -> Connection:
    return connect(database, application_name="test")


def most_memory() -> int:
    """Bytes that this process had at most, on Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def unguarded() -> Guard:
    return Guard(Limits(), terminate=lambda _: None, disk_used=lambda: 0, kill=lambda: None)


def test_every_kind_of_statement_runs(connection: Connection) -> None:
    with connection:
        for sql in EVERY_KIND:
            execute_bounded(connection, sql)


def test_the_server_s_refusal_is_raised_and_the_connection_stays(connection: Connection) -> None:
    with connection:
        with pytest.raises(psycopg.errors.DivisionByZero) as caught:
            execute_bounded(connection, "SELECT 1 / a FROM generate_series(-1, 1) a")
        assert caught.value.diag.message_primary == "division by zero"
        execute_bounded(connection, "SELECT 1")


def test_rows_that_copy_would_read_are_refused(connection: Connection) -> None:
    with connection:
        execute_bounded(connection, "CREATE TABLE t (a int)")
        with pytest.raises(psycopg.errors.QueryCanceled, match="no rows to give"):
            execute_bounded(connection, "COPY t FROM STDIN")
        execute_bounded(connection, "SELECT 1")


def test_a_session_that_ends_itself_leaves_its_last_words(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.AdminShutdown):
        execute_bounded(connection, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert connection.closed


def test_an_encoding_that_python_does_not_know_hides_no_error(connection: Connection) -> None:
    with connection:
        execute_bounded(connection, "SET client_encoding = 'EUC_TW'")
        with pytest.raises(psycopg.errors.SyntaxError):
            execute_bounded(connection, "SELEC")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('x', 1000) FROM generate_series(1, 300000)",
        "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 300000)) TO STDOUT",
        "DO $$ BEGIN FOR i IN 1 .. 30000 LOOP "
        "RAISE NOTICE '%', repeat('x', 10000); END LOOP; END $$",
        "DO $$ BEGIN FOR i IN 1 .. 40000 LOOP "
        "PERFORM pg_notify('somebody', i || repeat('x', 7900)); END LOOP; END $$",
    ],
    ids=["rows", "copied rows", "notices", "notifications"],
)
def test_nothing_that_comes_back_is_kept(connection: Connection, sql: str) -> None:
    with connection:
        execute_bounded(connection, "LISTEN somebody")
        before = most_memory()
        execute_bounded(connection, sql)
        # Each of them sends three hundred million bytes.
        assert most_memory() - before < 60_000_000


def test_notifications_in_passing_are_dropped(connection: Connection) -> None:
    with connection:
        execute_bounded(connection, "LISTEN somebody")
        execute_bounded(connection, "NOTIFY somebody")
        assert list(connection.notifies(timeout=0)) == []


def run_together(connection: Connection, guard: Guard, *statements: str) -> None:
    with transaction(connection, guard):
        for sql in statements:
            execute_bounded(connection, sql)


def test_a_transaction_is_kept_or_rolled_back(connection: Connection) -> None:
    with connection:
        run_together(connection, unguarded(), "CREATE TABLE kept (a int)")
        with pytest.raises(psycopg.errors.DivisionByZero):
            run_together(connection, unguarded(), "CREATE TABLE lost (a int)", "SELECT 1 / 0")
        execute_bounded(connection, "TABLE kept")
        with pytest.raises(psycopg.errors.UndefinedTable):
            execute_bounded(connection, "TABLE lost")


def test_what_is_put_off_to_the_end_of_a_transaction_is_watched(connection: Connection) -> None:
    guard = Guard(
        Limits(statement=0.3), terminate=lambda _: None, disk_used=lambda: 0, kill=lambda: None
    )
    later = (
        "CREATE TABLE t (a int)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(100); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION f()",
        "INSERT INTO t VALUES (1)",
    )
    with connection:
        with pytest.raises(psycopg.errors.QueryCanceled):
            run_together(connection, guard, *later)
        assert guard.stopped is Stop.TIME


def test_a_session_that_ends_inside_a_transaction_is_told_once(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.AdminShutdown):
        run_together(connection, unguarded(), "SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize("sql", ["SELECT 1; \0 SELECT 2", "SELECT '\ud800'"], ids=["NUL", "half"])
def test_what_is_no_text_is_not_run_in_part(connection: Connection, sql: str) -> None:
    with connection:
        with pytest.raises(psycopg.DataError):
            execute_bounded(connection, sql)
        execute_bounded(connection, "SELECT 1")
