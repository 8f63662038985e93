"""Whole histories, applied by us on one database and by the real Prisma CLI on another."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from benchmarks.histories import make_history, write_history
from bot.adapters.postgres.catalogue import snapshot
from bot.core.schemas.schema import Snapshot
from tests.conftest import SERVERS, RunningServer
from tests.prisma.oracle import SCHEMA, Prisma, find_prisma
from tests.shell import bot, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session"),
]
ROWS = """
SELECT migration_name, checksum, applied_steps_count, logs,
       finished_at >= started_at, rolled_back_at
  FROM _prisma_migrations ORDER BY migration_name
"""


@pytest.fixture(scope="session")
def prisma() -> Prisma:
    return find_prisma()


def left_by(url: str) -> tuple[Snapshot, list[tuple[object, ...]]]:
    """The whole catalogue, and the rows without their ids and times."""
    with psycopg.connect(url, autocommit=True) as connection:
        return snapshot(connection), connection.execute(ROWS).fetchall()


@pytest.fixture
def other(server: RunningServer) -> Iterator[str]:
    """One more empty database on the same server."""
    name = f"other_{secrets.token_hex(4)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield server.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize("count", [434, pytest.param(820, marks=pytest.mark.soak)])
def test_a_whole_history_leaves_what_prisma_leaves(
    count: int, prisma: Prisma, database: str, other: str, tmp_path: Path
) -> None:
    write_history(make_history(count), tmp_path)
    project = tmp_path / "prisma"
    write(project, {"schema.prisma": SCHEMA})
    deployed = prisma.deploy(other, project)
    assert deployed.code == 0, deployed.text

    done = bot("apply", "development", cwd=tmp_path, environ={"DATABASE_URL": database})
    assert done.code == 0, done.said

    our_catalogue, our_rows = left_by(database)
    their_catalogue, their_rows = left_by(other)
    assert len(our_rows) == count
    assert our_rows == their_rows
    assert our_catalogue == their_catalogue
    assert "Database schema is up to date!" in prisma.status(database, project).text
    again = bot("status", "development", cwd=tmp_path, environ={"DATABASE_URL": other})
    assert again.code == 0, again.said
    assert "up to date" in again.out
