"""Getting a connection to servers that are full, and with passwords that are too old."""

import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.target.reaching import reach
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import PostgresError

pytestmark = pytest.mark.slow

PASSWORD = "c4nary-Pa55word"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Lets two ordinary sessions in, and wants a password."""
    settings = {
        "max_connections": "5",
        "superuser_reserved_connections": "3",
        "max_wal_senders": "0",
        "autovacuum": "off",
    }
    with start_server(tcp=True, password=PASSWORD, settings=settings) as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'".encode())
            connection.execute(
                f"CREATE ROLE late LOGIN PASSWORD '{PASSWORD}' VALID UNTIL '2020-01-01'".encode()
            )
        yield server


def url(server: Server, user: str = "app", password: str = PASSWORD) -> ConnectionUrl:
    port = urlsplit(server.url()).port
    return parse_url(f"postgresql://{user}:{password}@127.0.0.1:{port}/postgres")


def test_a_full_server_is_asked_again_for_a_while_and_then_named(server: Server) -> None:
    held = [psycopg.connect(**url(server).conninfo()) for _ in range(2)]  # type: ignore[arg-type]
    began = time.monotonic()
    try:
        with pytest.raises(PostgresError, match="it is full; tried 3 times in 1 second") as error:
            reach(url(server), application_name="test", patience=1.4)
    finally:
        for each in held:
            each.close()

    assert time.monotonic() - began < 10
    assert error.value.sqlstate == "53300"
    assert "max_connections" in error.value.hint
    assert PASSWORD not in error.value.message + error.value.hint


def test_a_place_that_becomes_free_is_taken(server: Server) -> None:
    held = [psycopg.connect(**url(server).conninfo()) for _ in range(2)]  # type: ignore[arg-type]
    leaving = threading.Timer(0.5, held[0].close)
    leaving.start()
    try:
        reached = reach(url(server), application_name="test", patience=20)
        reached.connection.close()
    finally:
        leaving.join()
        held[1].close()


def test_a_password_that_has_expired_is_a_possibility_that_is_told(server: Server) -> None:
    with pytest.raises(PostgresError, match="user or password is wrong") as error:
        reach(url(server, "late"), application_name="test")

    assert "expired (VALID UNTIL)" in error.value.hint
    assert PASSWORD not in error.value.message + error.value.hint


def test_tls_that_the_server_does_not_have_is_named_at_once(server: Server) -> None:
    text = f"{url(server).text}?sslmode=require"

    with pytest.raises(PostgresError, match="the server offers no TLS") as error:
        reach(parse_url(text), application_name="test")

    assert PASSWORD not in error.value.message + error.value.hint
