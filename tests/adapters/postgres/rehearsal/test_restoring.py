"""Rehearsals on backups of real databases: whose rows are met, and never told."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bot.adapters.postgres import migrations_table
from bot.adapters.postgres.backups.dump import take_backup
from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.adapters.postgres.rehearsal.restoring import hint_of
from bot.backups.shelf import newest as newest_on
from bot.core.backups.backup import MANIFEST, StoredBackup
from bot.core.migrations.migration import checksum_of
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal import DataKind, Rehearsal
from bot.core.rehearsals.rehearsal_order import (
    BaseMigration,
    DataOrder,
    Limits,
    NewMigration,
    Order,
    Part,
    Step,
)
from bot.core.targets.url import parse_url
from bot.errors import BackupError
from tests.backups.means import means
from tests.conftest import RunningServer

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

SECRET = "ada@example.org"
USERS = """
CREATE ROLE backup_reader;
CREATE TABLE users (id int PRIMARY KEY, email text, age int);
CREATE FUNCTION greet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no % here', NEW.email USING ERRCODE = 'unique_violation'; END $$;
CREATE POLICY own ON users TO backup_reader USING (true);
"""
NOTES = "CREATE TABLE notes (id int PRIMARY KEY, who int REFERENCES users);"
ROWS = f"""
INSERT INTO users SELECT n, '{SECRET}', nullif(n, 7) FROM generate_series(1, 100) n;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE TABLE hidden AS SELECT * FROM users;
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
ALTER TABLE hidden FORCE ROW LEVEL SECURITY;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION nothing();
CREATE PUBLICATION everything FOR ALL TABLES;
"""
NOTHING = """
CREATE FUNCTION nothing() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
"""


def base(name: str, sql: str) -> BaseMigration:
    return BaseMigration(name, sql, checksum_of(sql))


APPLIED = base("20260101000000_users", USERS)
LACKING = base("20260102000000_notes", NOTES)


def new(*statements: str, name: str = "20260201000000_new") -> NewMigration:
    parts = tuple(Part((Step(number, sql),)) for number, sql in enumerate(statements))
    return NewMigration(name, checksum_of("".join(statements)), parts)


@pytest.fixture(scope="module")
def directory(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place of backups that holds one, of a database with rows and one migration."""
    kept = tmp_path_factory.mktemp("backups")
    with connect(server.url(), application_name="test") as login:
        login.execute("CREATE DATABASE rehearsed_backup TEMPLATE template0")
        with connect(server.url("rehearsed_backup"), application_name="test") as connection:
            connection.execute((USERS + NOTHING + ROWS).encode())
            migrations_table.create(connection)
            migrations_table.insert_finished(
                connection, APPLIED.name, APPLIED.checksum, id=migrations_table.new_id()
            )
        take_backup("production", parse_url(server.url("rehearsed_backup")), kept, run_id="test")
        yield kept
        login.execute("DROP DATABASE rehearsed_backup WITH (FORCE)")
        login.execute("DROP ROLE backup_reader")


@pytest.fixture
def backup(directory: Path) -> StoredBackup:
    return newest(directory)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def newest(directory: Path, target: str = "production") -> StoredBackup:
    return newest_on(means(directory, target=target))


def rehearsed(
    backup: StoredBackup,
    cache: Path,
    *migrations: NewMigration,
    base: Sequence[BaseMigration] = (APPLIED, LACKING),
    given: str | None = None,
    limits: Limits | None = None,
) -> Rehearsal:
    order = Order(
        base=tuple(base),
        new=migrations,
        postgres=backup.manifest.server_major,
        data=DataOrder(DataKind.BACKUP, backup=backup),
        limits=limits or Limits(),
    )
    environ = {"MIGRATION_BOT_CACHE": str(cache), "PATH": "/usr/bin:/bin"}
    return rehearse(order, given=given, environ=environ)


def refused(backup: StoredBackup, cache: Path, *statements: str) -> str:
    """What is told of a migration that the rows stop."""
    found = rehearsed(backup, cache, new(*statements))
    assert SECRET not in repr(found)
    stopped = found.migrations[0].refused
    assert stopped is not None
    assert stopped.stop is Stop.REFUSED
    return stopped.message


def test_the_rows_of_a_backup_are_there(backup: StoredBackup, cache: Path) -> None:
    found = rehearsed(backup, cache, new("UPDATE users SET age = 3 WHERE age < 50"))
    assert found.base.refused is None
    assert found.base.migrations == 2
    assert found.data.kind is DataKind.BACKUP
    assert found.data.source == backup.manifest.id
    sizes = {each.relation: each.rows for each in found.sizes}
    assert [sizes[f"public.{each}"] for each in ("users", "hidden", "notes")] == [100, 100, 0]
    measured = found.migrations[0].measured(0)
    assert measured is not None
    assert [each.updated for each in measured.rows] == [48]
    (note,) = found.notes
    assert "EVENT TRIGGER - watch" in note
    assert "PUBLICATION - everything" in note


@pytest.mark.slow
def test_nothing_of_it_is_kept(backup: StoredBackup, tmp_path: Path) -> None:
    rehearsed(backup, tmp_path, new("SELECT 1"))
    kept = {each: each.stat().st_size for each in tmp_path.rglob("*.template")}
    rehearsed(backup, tmp_path, new("SELECT 1"))
    assert {each: each.stat().st_size for each in tmp_path.rglob("*.template")} == kept
    assert len(kept) == 1  # an empty server


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("ALTER TABLE users ALTER age SET NOT NULL", "contains null values"),
        ("CREATE UNIQUE INDEX users_email ON users (email)", "could not create unique index"),
        ("ALTER TABLE users ADD CHECK (email LIKE 'b%')", "is violated by some row"),
        ("ALTER TABLE users ALTER email TYPE int USING email::int", 'integer: "…"'),
        (
            "CREATE TRIGGER greet BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION greet();"
            "UPDATE users SET age = 1",
            "a function raised an exception",
        ),
    ],
)
def test_real_rows_stop_what_they_would_stop_in_the_target_and_are_not_told(
    backup: StoredBackup, cache: Path, sql: str, said: str
) -> None:
    assert said in refused(backup, cache, sql)


@pytest.mark.slow
def test_a_server_that_is_given_restores_it_too(
    server: RunningServer, backup: StoredBackup, cache: Path
) -> None:
    found = rehearsed(
        backup, cache, new("ALTER TABLE users ALTER age SET NOT NULL"), given=server.url()
    )
    assert found.migrations[0].refused is not None
    assert found.data.rows >= 100
    with connect(server.url(), application_name="test") as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ 'rehearsal'"
        ).fetchall()
    assert left == []


@pytest.mark.slow
def test_a_down_that_is_proved_elsewhere_starts_from_the_backup_too(
    backup: StoredBackup, cache: Path
) -> None:
    down = (Part((Step(0, "ALTER TABLE notes DROP COLUMN text"),)),)
    first = replace(new("ALTER TABLE notes ADD text text", name="20260201000000_a"), down=down)
    second = new("CREATE VIEW v AS SELECT text FROM notes", name="20260202000000_b")
    found = rehearsed(backup, cache, first, second)
    assert found.migrations[0].down is not None
    assert found.migrations[0].down.proved


def test_there_may_be_no_backup(directory: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="There is no backup of production"):
        newest(tmp_path)
    with pytest.raises(BackupError, match="There is no backup of staging"):
        newest(directory, "staging")


def copied(backup: StoredBackup, tmp_path: Path, **changes: object) -> StoredBackup:
    """The same files elsewhere, with another manifest."""
    place = tmp_path / backup.files.name
    shutil.copytree(backup.files, place)
    values = json.loads(backup.manifest.to_json()) | changes
    (place / MANIFEST).write_text(json.dumps(values), "utf-8")
    return newest(tmp_path)


def test_a_file_that_was_touched_is_told(backup: StoredBackup, tmp_path: Path, cache: Path) -> None:
    touched = copied(backup, tmp_path)
    data = next(iter(sorted((touched.files / "dump").glob("*.dat*"))))
    data.write_bytes(data.read_bytes()[:-1] + b"x")
    with pytest.raises(BackupError, match=r"is not what was written: dump/.* has changed"):
        rehearsed(touched, cache, new("SELECT 1"))


def test_a_directory_that_is_gone_is_told(
    backup: StoredBackup, tmp_path: Path, cache: Path
) -> None:
    gone = copied(backup, tmp_path)
    shutil.rmtree(gone.files)
    with pytest.raises(BackupError, match="is missing"):
        rehearsed(gone, cache, new("SELECT 1"))


def test_one_from_a_newer_tool_than_any_here_is_told(
    backup: StoredBackup, tmp_path: Path, cache: Path
) -> None:
    newer = copied(backup, tmp_path, tool_version="99.1")
    with pytest.raises(BackupError, match="taken with pg_dump 99, and no pg_restore here"):
        rehearsed(newer, cache, new("SELECT 1"))


@pytest.mark.slow
def test_one_from_a_newer_server_is_told(backup: StoredBackup, tmp_path: Path, cache: Path) -> None:
    newer = copied(backup, tmp_path, server_version="99.1")
    with pytest.raises(BackupError, match=r"is of PostgreSQL 99, and the rehearsal's server is"):
        rehearsed(newer, cache, new("SELECT 1"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("history", "added", "said"),
    [
        ((LACKING,), new("SELECT 1"), "has applied 20260101000000_users, which the base does not"),
        ((), new("SELECT 1", name=APPLIED.name), "has applied 20260101000000_users already"),
        ((base(APPLIED.name, "SELECT 2"),), new("SELECT 1"), "with another text"),
    ],
)
def test_another_history_is_told(
    backup: StoredBackup,
    cache: Path,
    history: Sequence[BaseMigration],
    added: NewMigration,
    said: str,
) -> None:
    with pytest.raises(BackupError, match=said) as caught:
        rehearsed(backup, cache, added, base=history)
    assert "Bring the branch up to date" in caught.value.hint


@pytest.mark.slow
def test_one_that_is_too_large_is_told(backup: StoredBackup, cache: Path) -> None:
    limits = Limits(disk=10_000_000)
    with pytest.raises(BackupError, match="could not be restored: it takes more than") as caught:
        rehearsed(backup, cache, new("SELECT 1"), limits=limits)
    assert SECRET not in f"{caught.value} {caught.value.hint}"


def test_of_a_restore_that_fails_names_are_told_and_no_values() -> None:
    """What pg_restore says of rows that a key does not take."""
    said = hint_of(
        "pg_restore: error: could not execute query: ERROR:  could not create unique index\n"
        f"DETAIL:  Key (email)=({SECRET}) is duplicated.\n"
        "pg_restore: from TOC entry 3312; 2606 16390 CONSTRAINT users users_email author\n"
        f'COPY users, line 3: "7 {SECRET}"'
    )
    assert said.endswith("It said: CONSTRAINT users users_email author.")
    assert SECRET not in said


@pytest.mark.slow
def test_a_dump_that_is_no_dump_is_told_and_quotes_nothing(
    backup: StoredBackup, tmp_path: Path, cache: Path
) -> None:
    """Its checksums are right, so that only pg_restore sees it."""
    broken = copied(backup, tmp_path)
    toc = broken.files / "dump" / "toc.dat"
    toc.write_bytes(b"PGDMP" + SECRET.encode())
    files = [
        replace(each, size=toc.stat().st_size, sha256=sha256(toc.read_bytes()).hexdigest())
        if each.name == "dump/toc.dat"
        else each
        for each in broken.manifest.files
    ]
    forged = replace(broken, manifest=replace(broken.manifest, files=tuple(files)))
    with pytest.raises(BackupError, match="could not be restored: pg_restore failed") as caught:
        rehearsed(forged, cache, new("SELECT 1"))
    assert SECRET not in f"{caught.value} {caught.value.hint}"
