"""Real PostgreSQL servers for every test that wants one, and a fresh database for each test."""

import os
import secrets
import signal
import tempfile
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import urlsplit
from zlib import crc32

import psycopg
import pytest
from hypothesis import settings

from bot.adapters.postgres.recipe import Confinement, in_memory
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.tools import Installation, installations
from tests.hub import hub, validator

__all__ = ["hub", "validator"]

# The same cases in every run: a rare find must not stop somebody else's change. `make test-all`
# looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# A shell that runs the tests in the background has them ignore Ctrl-C, and every process that they
# start would inherit that: tests that press it would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Most tests make a database or a checkout: hundreds of small files, over which some disks take half
# a second. Where there is memory to spare, they are made there; whoever sets TMPDIR has chosen.
ROOM = Confinement(memory=0, file_size=2_000_000_000)
for place in in_memory(ROOM):
    os.environ["TMPDIR"] = tempfile.tempdir = str(place)

# What is written ahead is never read, and need not fill that memory either.
FRUGAL = {"max_wal_size": "128MB", "min_wal_size": "32MB"}

GIVEN = os.environ.get("MIGRATION_BOT_TEST_POSTGRES")
SERVERS: dict[str, Installation] = {
    f"{each.provider}-{each.major}": each for each in installations() if each.runs_servers
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests take turns among the servers: each meets one, and the others in `make test-all`.

    Which one follows from the test's name, so that every run is the same.
    """
    for item in items:
        server = next((each for each in SERVERS if each in item.name), None)
        if server is None or item.get_closest_marker("faults"):
            continue
        turn = crc32(item.nodeid.replace(server, "").encode()) % len(SERVERS)
        if list(SERVERS)[turn] != server:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.soak)


class RunningServer(Protocol):
    """What tests may use of a server, whether we started it or were given it."""

    def url(self, database: str = "postgres") -> str: ...


class GivenServer:
    """The server of MIGRATION_BOT_TEST_POSTGRES, which somebody else runs."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, database: str = "postgres") -> str:
        return urlsplit(self._url)._replace(path=f"/{database}").geturl()


@pytest.fixture(params=list(SERVERS.values()), ids=list(SERVERS))
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each installation of PostgreSQL on this machine that can run a server."""
    found: Installation = request.param
    return found


@pytest.fixture(scope="session", params=[*SERVERS, *(["given"] if GIVEN else [])])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    """One running server of each kind; each worker of a parallel run has its own."""
    if request.param == "given":
        assert GIVEN is not None
        yield GivenServer(GIVEN)
    else:
        with start_server(SERVERS[request.param], settings=FRUGAL) as started:
            yield started


@pytest.fixture
def database(server: RunningServer) -> Iterator[str]:
    """The URL of a new, empty database, dropped after the test."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield server.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
