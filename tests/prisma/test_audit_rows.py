"""Prisma has no eyes for the audit rows: they are in a schema that is not in its URL."""

from pathlib import Path

import psycopg
import pytest

from tests.prisma.oracle import Prisma, find_prisma
from tests.prisma.test_oracle import INIT, NOTHING_TO_DO, UP_TO_DATE, our, project
from tests.shell import write

TARGETS = "targets: {development: {kind: development, url_env: DATABASE_URL, audit: {rows: true}}}"
SQL = 'CREATE TABLE "a" ("id" INTEGER NOT NULL, CONSTRAINT "a_pkey" PRIMARY KEY ("id"));'
MORE = "20260102000000_more"


@pytest.fixture(scope="session")
def prisma() -> Prisma:
    return find_prisma()


@pytest.mark.soak
@pytest.mark.slow
def test_prisma_finds_a_target_with_audit_rows_up_to_date_and_goes_on_there(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, {INIT: SQL})
    write(tmp_path, {".github/migration-bot.yml": TARGETS})
    done = our("apply", folder, database)
    assert done.code == 0, done.said
    assert audit_rows(database) == 1

    before = prisma.diff(database, folder)
    assert "migration_bot" not in before.text
    assert UP_TO_DATE in prisma.status(database, folder).text
    assert NOTHING_TO_DO in prisma.deploy(database, folder).text

    write(folder, {f"migrations/{MORE}/migration.sql": "CREATE TABLE b (id int);"})
    applied = prisma.deploy(database, folder)
    assert applied.code == 0, applied.text
    assert audit_rows(database) == 1
    again = our("apply", folder, database)
    assert again.code == 0, again.said


@pytest.mark.slow
def test_a_database_that_holds_nothing_but_audit_rows_is_empty_for_prisma(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    """Otherwise it would ask for a baseline (P3005)."""
    folder = project(tmp_path, {INIT: SQL})
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA migration_bot")
        connection.execute("CREATE TABLE migration_bot.audit (id uuid PRIMARY KEY)")
    applied = prisma.deploy(database, folder)
    assert applied.code == 0, applied.text


def audit_rows(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM migration_bot.audit").fetchone()
    assert row is not None
    return int(row[0])
