"""What a server's answer means, when nothing or something was done about a statement."""

from dataclasses import dataclass

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.rehearsal.refusals import MOST_CHARACTERS, refusal_of, shown
from bot.adapters.postgres.rehearsal.running import execute_bounded
from bot.core.rehearsals.refusal import Refusal, Stop


@dataclass(frozen=True)
class Watched:
    stopped: Stop | None = None
    discreet: bool = False


def refused(database: str, sql: str, *, author: bool = False, older: bool = False) -> Refusal:
    """How a statement that fails is told, run by a superuser or by nobody in particular."""
    with connect(database, application_name="test") as connection:
        if author:
            connection.execute("DROP ROLE IF EXISTS refusal_author")
            connection.execute("CREATE ROLE refusal_author")
            connection.execute("SET ROLE refusal_author")
        try:
            execute_bounded(connection, sql)
        except psycopg.Error as error:
            return refusal_of(error, Watched(), older=older)
        finally:
            if author and not connection.closed:
                connection.execute("RESET ROLE")
                connection.execute("DROP ROLE refusal_author")
    raise AssertionError("it was not refused")


@pytest.mark.parametrize(
    ("sql", "stop"),
    [
        ("SELECT 1 / 0", Stop.REFUSED),
        ("SELECT pg_terminate_backend(pg_backend_pid())", Stop.CONNECTION),
        ("CREATE EXTENSION nobody_has_this", Stop.NOT_POSSIBLE),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'nobody_has_this'", Stop.NOT_POSSIBLE),
        ("DO $$ BEGIN RAISE disk_full; END $$", Stop.DISK),
        ("DO $$ BEGIN RAISE configuration_limit_exceeded; END $$", Stop.DISK),
        ("DO $$ BEGIN RAISE out_of_memory; END $$", Stop.MEMORY),
        ("DO $$ BEGIN RAISE crash_shutdown; END $$", Stop.SERVER),
        ("DO $$ BEGIN RAISE 'could not extend file \"x\": File too large'; END $$", Stop.DISK),
        ("DO $$ BEGIN RAISE 'out of shared memory' USING ERRCODE = '53200'; END $$", Stop.REFUSED),
        ("DO $$ BEGIN RAISE feature_not_supported; END $$", Stop.REFUSED),
        ("SET statement_timeout = 10; SELECT pg_sleep(10)", Stop.REFUSED),
    ],
)
def test_the_state_says_why(database: str, sql: str, stop: Stop) -> None:
    found = refused(database, sql)
    assert found.stop is stop
    assert found.hint
    assert found.message


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "CREATE ROLE mighty SUPERUSER",
        "CREATE DATABASE another",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "SET session_preload_libraries = 'x'",
        "LOAD 'somewhere'",
        "SELECT * FROM pg_authid",
        "CREATE EXTENSION amcheck",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE c AS 'x'",
    ],
)
def test_what_wants_a_superuser_is_not_possible_in_a_rehearsal(database: str, sql: str) -> None:
    found = refused(database, sql, author=True)
    assert found.stop is Stop.NOT_POSSIBLE
    assert "--postgres URL" in found.hint


def test_a_table_that_is_not_granted_is_refused_as_it_would_be_in_production(database: str) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute("CREATE TABLE t (a int)")
    assert refused(database, "SELECT * FROM t", author=True).stop is Stop.REFUSED


def test_what_the_guard_did_goes_before_what_the_server_says(database: str) -> None:
    error = psycopg.errors.QueryCanceled("canceling statement")
    assert refusal_of(error, Watched(Stop.TIME)).stop is Stop.TIME
    assert refusal_of(error, Watched(Stop.DISK)).stop is Stop.DISK


def test_a_server_without_a_word_went_down() -> None:
    found = refusal_of(psycopg.OperationalError("server closed the connection"), Watched())
    assert found.stop is Stop.SERVER
    assert found.message == "the server closed the connection without a word"


def test_what_our_own_side_cannot_do_is_no_fault_of_the_server() -> None:
    found = refusal_of(psycopg.NotSupportedError("codec not available"), Watched())
    assert found.stop is Stop.REFUSED
    assert found.message == "codec not available"


def test_an_older_server_may_not_know_what_the_target_knows(database: str) -> None:
    assert refused(database, "SELEC").stop is Stop.REFUSED
    found = refused(database, "SELEC", older=True)
    assert found.stop is Stop.NOT_POSSIBLE
    assert "older" in found.hint
    assert refused(database, "SELECT 1 / 0", older=True).stop is Stop.REFUSED


def test_values_of_rows_are_left_out(database: str) -> None:
    found = refused(database, "SELECT 'secret'::int")
    assert "secret" not in found.message


def test_its_statement_is_kept() -> None:
    assert refusal_of(psycopg.OperationalError(), Watched(), statement=3).statement == 3


def test_a_message_is_one_visible_line_of_sane_length(database: str) -> None:
    escape = "DO $$ BEGIN RAISE E'a\\x1b[31m\\nb\\u202e%', repeat('x', 100000); END $$"
    found = refused(database, escape)
    assert found.message.startswith("a\ufffd[31m b\ufffdxxx")
    assert len(found.message) == MOST_CHARACTERS
    assert found.message.endswith("…")
    assert shown("short") == "short"


def test_real_rows_keep_what_a_function_says_to_itself(database: str) -> None:
    """Whatever SQLSTATE its author has given it."""
    raised = (
        "DO $$ BEGIN RAISE EXCEPTION 'no % here', 'ada@example.org' "
        "USING ERRCODE = 'unique_violation'; END $$"
    )
    with connect(database, application_name="test") as connection:
        with pytest.raises(psycopg.Error) as caught:
            execute_bounded(connection, raised)
        assert "ada@example.org" in refusal_of(caught.value, Watched()).message
        discreet = refusal_of(caught.value, Watched(discreet=True))
    assert discreet.message.startswith("a function raised an exception")
    assert discreet.sqlstate == "23505"
