"""Databases for the tests of the platform's own migrations, on every server there is."""

import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.tools import best_for_dump
from tests.conftest import RunningServer

Database = psycopg.Connection[tuple[Any, ...]]

MIGRATIONS = Path(__file__).parents[2] / "prisma" / "migrations"


@dataclass(frozen=True)
class PlatformServer:
    """A running server, and the ordinary role on it that owns the platform's databases."""

    server: RunningServer
    owner: str

    @contextmanager
    def connect(self, database: str) -> Iterator[Database]:
        """A session of the owner, who is no superuser and may have no way to log in."""
        url = self.server.url(database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"SET SESSION AUTHORIZATION {self.owner}".encode())
            yield connection

    def create(self, database: str, template: str) -> None:
        self.command(f"CREATE DATABASE {database} OWNER {self.owner} TEMPLATE {template}")

    def drop(self, database: str) -> None:
        self.command(f"DROP DATABASE {database} WITH (FORCE)")

    def command(self, statement: str) -> None:
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def platform_server(server: RunningServer) -> Iterator[PlatformServer]:
    """Each server of the tests; the role's name is new, because a given server is shared."""
    platform = PlatformServer(server, f"platform_{secrets.token_hex(4)}")
    platform.command(f"CREATE ROLE {platform.owner}")
    yield platform
    platform.command(f"DROP ROLE {platform.owner}")


@pytest.fixture(scope="session")
def migration_folders() -> list[Path]:
    """The platform's migrations, oldest first."""
    return sorted(each for each in MIGRATIONS.iterdir() if each.is_dir())


@pytest.fixture(scope="session")
def migrated_template(
    platform_server: PlatformServer, migration_folders: list[Path]
) -> Iterator[str]:
    """The name of a database with every migration applied, to be copied."""
    name = f"{platform_server.owner}_template"
    platform_server.create(name, "template0")
    with platform_server.connect(name) as connection:
        for folder in migration_folders:
            connection.execute((folder / "migration.sql").read_bytes())
    yield name
    platform_server.drop(name)


_numbers = count()


@pytest.fixture
def empty_database(platform_server: PlatformServer) -> Iterator[Database]:
    """A connection to a new, empty database, as its owner, who is no superuser."""
    name = f"{platform_server.owner}_{next(_numbers)}"
    platform_server.create(name, "template0")
    with platform_server.connect(name) as connection:
        yield connection
    platform_server.drop(name)


@pytest.fixture
def migrated_database(
    platform_server: PlatformServer, migrated_template: str
) -> Iterator[Database]:
    """A connection to a new database with every migration applied, as its owner."""
    name = f"{platform_server.owner}_{next(_numbers)}"
    platform_server.create(name, migrated_template)
    with platform_server.connect(name) as connection:
        yield connection
    platform_server.drop(name)


@pytest.fixture
def schema_of(platform_server: PlatformServer) -> Callable[[Database], str]:
    """What pg_dump says about a database's schema, without the random words of its guard lines."""

    def dump(database: Database) -> str:
        pg_dump = best_for_dump(database.info.server_version // 10_000).bin / "pg_dump"
        url = platform_server.server.url(database.info.dbname)
        done = subprocess.run(
            [pg_dump, "--schema-only", f"--dbname={url}"],
            check=True,
            capture_output=True,
            text=True,
        )
        lines = done.stdout.splitlines()
        guards = ("\\restrict", "\\unrestrict")
        return "\n".join(line for line in lines if not line.startswith(guards))

    return dump
