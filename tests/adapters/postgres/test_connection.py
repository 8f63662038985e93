"""Connecting, and what is said when PostgreSQL refuses."""

import socket
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import quote

import psycopg
import pytest

from bot.adapters.postgres.advice import hint_for, refusal_of
from bot.adapters.postgres.connection import connect, explained
from bot.adapters.postgres.server import Server, start_server
from bot.core.targets.url import parse_url
from bot.errors import PostgresError

CANARY = "canary 5150/#@"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server on TCP that wants a password and lets in few."""
    with start_server(
        tcp=True,
        password=CANARY,
        settings={"max_connections": "3", "superuser_reserved_connections": "0"},
    ) as server:
        yield server


def refused(url: str) -> PostgresError:
    with pytest.raises(PostgresError) as caught:
        connect(url, application_name="test")
    told = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    for form in (CANARY, quote(CANARY, safe=""), quote(CANARY)):
        assert form not in told
    assert caught.value.exit_code == 4
    return caught.value


def test_a_connection_carries_its_name_and_commits_by_itself(database: str) -> None:
    with connect(database, application_name="migration-bot/test") as connection:
        row = connection.execute("SHOW application_name").fetchone()
        assert row == ("migration-bot/test",)
        assert connection.autocommit


def test_the_schema_of_the_url_is_the_search_path(database: str) -> None:
    url = parse_url(f"{database}{'&' if '?' in database else '?'}schema=od%22d%20one")
    with connect(url, application_name="test") as connection:
        connection.execute('CREATE SCHEMA "od""d one"')
        assert connection.execute("SELECT current_schema()").fetchone() == ('od"d one',)


def test_nothing_but_the_url_says_where_it_leads(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libpq would go to that address, and call it by the host of the URL."""
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "1")
    with closing(connect(database, application_name="test")) as connection:
        assert not connection.info.hostaddr


def test_a_read_only_connection_writes_nothing(database: str) -> None:
    with connect(database, application_name="test", read_only=True) as connection:
        with pytest.raises(PostgresError) as caught, explained("create a table"):
            connection.execute("CREATE TABLE t ()")
        assert caught.value.sqlstate == "25006"
        assert "URL of the primary" in caught.value.hint


def test_a_wrong_password_is_told_without_it(guarded: Server) -> None:
    error = refused(guarded.url(password=CANARY + "x"))
    assert error.sqlstate == "28P01"
    assert "user or password is wrong" in error.message
    assert "password in the URL" in error.hint


def test_a_missing_password_is_told(guarded: Server) -> None:
    error = refused(f"postgresql://postgres@127.0.0.1:{guarded.port}/postgres")
    assert error.sqlstate == "28P01"


def test_a_missing_database_is_told(guarded: Server) -> None:
    error = refused(guarded.url("nowhere"))
    assert error.sqlstate == "3D000"
    assert "/nowhere: there is no such database" in error.message
    assert "createdb" in error.hint


def test_tls_where_the_server_has_none_is_told(guarded: Server) -> None:
    error = refused(guarded.url() + "?sslmode=require")
    assert "offers no TLS" in error.message


def test_an_unknown_setting_in_the_options_is_told(guarded: Server) -> None:
    error = refused(guarded.url() + "?options=-c%20nonsense%3D1")
    assert "options" in error.hint


def test_a_full_server_is_told(guarded: Server) -> None:
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(connect(guarded.url(), application_name="test"))
        error = refused(guarded.url())
    assert error.sqlstate == "53300"
    assert "max_connections" in error.hint


def test_nothing_listening_is_told() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        error = refused(
            f"postgresql://u:{quote(CANARY, safe='')}@127.0.0.1:{taken.getsockname()[1]}/d"
        )
    assert error.sqlstate == "08001"
    assert "nothing listens there" in error.message


def test_a_server_that_never_answers_is_given_up() -> None:
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        error = refused(f"postgresql://u@127.0.0.1:{port}/d?connect_timeout=1&sslmode=disable")
    assert "did not answer in time" in error.message


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70])
def test_an_unknown_host_is_told(host: str) -> None:
    assert "host name is not known" in refused(f"postgresql://u@{host}/d").message


def test_a_socket_that_is_not_there_is_told() -> None:
    assert "nothing listens" in refused("postgresql:///d?host=/nowhere/at/all").message


@pytest.mark.parametrize(
    ("statement", "sqlstate", "advice"),
    [
        ("SELECT * FROM nowhere", "42P01", "spelling"),
        ("SELECT nothing", "42703", "column"),
        ("SELEC 1", "42601", "Mend the SQL"),
        ("CREATE EXTENSION nowhere", "0A000", "PostgreSQL version"),
        ("DROP TABLE parent", "2BP01", "depend"),
        ("CREATE TABLE parent ()", "42P07", "already"),
        ("ALTER TABLE parent ADD UNIQUE (code)", "23505", "duplicate"),
        ("BEGIN; VACUUM", "25001", "migration of its own"),
        ("SET statement_timeout = 5; SELECT pg_sleep(5)", "57014", "statement_timeout"),
    ],
)
def test_a_statement_that_is_refused_comes_with_advice(
    database: str, statement: str, sqlstate: str, advice: str
) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute("CREATE TABLE parent (id int PRIMARY KEY, code text)")
        connection.execute("CREATE TABLE child (parent int REFERENCES parent)")
        connection.execute("INSERT INTO parent VALUES (1, 'CANARY'), (2, 'CANARY')")
        with pytest.raises(PostgresError) as caught, explained("apply 2024_x"):
            connection.execute(statement.encode())
        told = "".join(traceback.format_exception(caught.value))
    assert caught.value.sqlstate in (sqlstate, "58P01")
    assert "PostgreSQL did not let me apply 2024_x: " in caught.value.message
    assert advice in caught.value.hint or caught.value.sqlstate == "58P01"
    assert "CANARY" not in told


def test_values_of_rows_are_not_quoted(database: str) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute("CREATE TABLE t AS SELECT 'CANARY'::text AS code")
        with pytest.raises(PostgresError) as caught, explained("change a type"):
            connection.execute("ALTER TABLE t ALTER code TYPE int USING code::int")
    assert caught.value.sqlstate == "22P02"
    assert 'invalid input syntax for type integer: "…"' in caught.value.message


def test_a_lost_connection_is_told(database: str) -> None:
    with connect(database, application_name="test") as connection:
        pid = connection.info.backend_pid
        with connect(database, application_name="test") as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        with pytest.raises(PostgresError) as caught, explained("go on"):
            connection.execute("SELECT 1")
        assert caught.value.sqlstate in ("57P01", "08006")
        with pytest.raises(PostgresError) as caught, explained("go on"):
            connection.execute("SELECT 1")
        assert "connection to PostgreSQL was lost" in caught.value.message


def test_waiting_for_a_lock_ends_with_advice(database: str) -> None:
    with (
        connect(database, application_name="a") as one,
        connect(database, application_name="b") as two,
    ):
        one.execute("CREATE TABLE t ()")
        with one.transaction():
            one.execute("LOCK TABLE t")
            two.execute("SET lock_timeout = '20ms'")
            with pytest.raises(PostgresError) as caught, explained("lock t"):
                two.execute("ALTER TABLE t ADD c int")
    assert caught.value.sqlstate == "55P03"
    assert "pg_stat_activity" in caught.value.hint


def test_what_has_no_advice_of_its_own_has_its_class_s() -> None:
    assert hint_for("23ZZZ") == hint_for("23000")
    assert hint_for("ZZZZZ") == hint_for(None)


@pytest.mark.parametrize(
    ("text", "sqlstate"),
    [
        ('FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "u", no encryption', "08004"),
        ('FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "u", SSL encryption', "28000"),
        ('FATAL:  role "u" does not exist', "28000"),
        ("FATAL:  the database system is starting up", "57P03"),
        ("FATAL:  remaining connection slots are reserved", "53300"),
        ("SSL error: certificate verify failed", "08004"),
        ("FATAL:  unsupported startup parameter: options", "08P01"),
        ("something nobody has seen", "08001"),
    ],
)
def test_refusals_are_told_apart_by_their_text(text: str, sqlstate: str) -> None:
    assert refusal_of(text).sqlstate == sqlstate


def test_the_driver_s_error_is_not_shown_behind_ours(database: str) -> None:
    with (
        connect(database, application_name="test") as connection,
        pytest.raises(PostgresError) as caught,
        explained("fail"),
    ):
        connection.execute("SELECT 1/0")
    assert caught.value.__suppress_context__
    assert isinstance(caught.value.__context__, psycopg.Error)
