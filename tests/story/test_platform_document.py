"""The document of the platform's migration system, gone through from its first promise to its last:
its own migrations, our commands, real servers."""

import json
import re
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.cli import VERBS
from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, FOLDER, refused
from tests.commands.within import NearPlace
from tests.conftest import RunningServer
from tests.shell import Done, git

PRISMA = Path(__file__).parents[2] / "prisma"
INITIAL, INDEXES, LAST = (
    "20240529000000_initial_schema",
    "20240529120000_add_indexes",
    "20240529130000_add_foreign_key_indexes",
)
NAMES = [INITIAL, INDEXES, LAST]
CLIENT = "made the client"
KINDS = ("development", "staging", "production")
ROWS = "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1"
ISSUE = "ALTER TABLE users RENAME COLUMN email TO address;\nCREATE INDEX ON proofs (created_at);\n"


@dataclass(frozen=True)
class Platform(NearPlace):
    """Its repository, and a server on which none of its databases is made yet."""

    urls: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> Done:
        variables = {
            "DATABASE_URL": self.urls["development"],
            "STAGING_DATABASE_URL": self.urls["staging"],
            "PRODUCTION_DATABASE_URL": self.urls["production"],
        }
        return self.bot(*arguments, environ=variables)

    def done(self, *arguments: str) -> Done:
        done = self.run(*arguments)
        assert done.code == 0, done.said
        return done

    def read(self, *arguments: str) -> Any:
        return json.loads(self.done(*arguments, "--format", "json").out)

    def ask(self, target: str, query: str) -> list[Any]:
        with psycopg.connect(self.urls[target], autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return [row[0] for row in cursor] if cursor.description else []

    def make(self, target: str) -> None:
        """As somebody does for staging and production."""
        name = urlsplit(self.urls[target]).path[1:]
        with psycopg.connect(self.urls["server"], autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())


@pytest.fixture
def platform(tmp_path: Path, server: RunningServer) -> Iterator[Platform]:
    root = tmp_path / "platform"
    shutil.copytree(PRISMA, root / "prisma")
    git("init", "--quiet", "--initial-branch=main", cwd=root)
    git("add", "--all", cwd=root)
    git("commit", "--quiet", "--message=one", cwd=root)
    names = {each: f"platform_{secrets.token_hex(4)}" for each in KINDS}
    urls = {each: server.url(name) for each, name in names.items()}
    place = Platform(root, urls={"server": server.url(), **urls})
    kept = tmp_path / "backups"
    place.write(
        CONFIGURATION,
        f"""\
hooks:
  generate: [{sys.executable}, -c, "print('{CLIENT}')"]
targets:
  development: {{kind: development, url_env: DATABASE_URL}}
  staging:
    kind: staging
    url_env: STAGING_DATABASE_URL
    backup: {{directory: {kept}/staging}}
  production:
    kind: production
    url_env: PRODUCTION_DATABASE_URL
    after: staging
    approvals: 0
    backup: {{directory: {kept}/production}}
""",
    )
    yield place
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for name in names.values():
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@pytest.mark.slow
def test_migration_files_and_best_practices(platform: Platform) -> None:
    """“Each migration is contained in a timestamped directory with a descriptive name”; small and
    focused, documented, with large tables and rolling deployments considered."""
    found = platform.read("check", "--all", "--no-rehearsal")
    assert [each["name"] for each in found["migrations"]] == NAMES
    assert found["verdict"] != "block"

    platform.write(f"{FOLDER}/20260101000000_break_it/migration.sql", ISSUE)
    broken = platform.run("check", "--base", "main", "--no-rehearsal", "--format", "json")
    assert broken.code == ExitCode.FINDINGS
    (new,) = json.loads(broken.out)["migrations"]
    lines = {each["line"]: each for each in new["findings"] if each["severity"] == "error"}
    assert set(lines) >= {1, 2}, new["findings"]
    assert all(each["fix"] for each in lines.values())


@pytest.mark.slow
def test_applying_in_development(platform: Platform) -> None:
    """“Apply all pending migrations. Generate an updated Prisma client”; and what is in them."""
    done = platform.done("apply", "development")

    assert f"generate | {CLIENT}" in done.err
    assert platform.ask("development", ROWS) == NAMES
    tables = " ".join(
        platform.ask(
            "development", "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        )
    )
    for word in ("user", "wallet", "proof", "verification", "batch", "organisation"):
        assert word in tables
    indexes = "\n".join(
        platform.ask("development", "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
    )
    for kind in ("USING hash", "USING gin", "USING btree", " WHERE ", "to_tsvector"):
        assert kind in indexes
    keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
    extensions = "SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'"
    for query in (keys, extensions):
        assert platform.ask("development", query)[0] > 0


@pytest.mark.slow
def test_status_and_rollback(platform: Platform) -> None:
    """“Which migrations have been applied, which are pending, any drift between the expected and
    actual schema”; “migrations can be rolled back if needed”."""
    platform.done("apply", "development", "--no-generate")
    platform.done("rollback", "development", "--steps", "1")
    kept = ROWS.replace("WHERE", "WHERE rolled_back_at IS NULL AND")
    assert platform.ask("development", kept) == [INITIAL, INDEXES]

    said = platform.done("status", "development").out
    assert re.search(rf"{LAST}\b.*pending|pending.*{LAST}", said, re.S), said
    (status,) = platform.read("status", "development")["targets"]
    assert [each["name"] for each in status["plan"]["pending"]] == [LAST]

    platform.ask("development", "CREATE TABLE by_hand (id int)")
    assert "by_hand" in platform.run("drift", "development").out


@pytest.mark.slow
def test_resetting_the_database_development_only(platform: Platform) -> None:
    """“Drop all tables. Reapply all migrations. Run the seed script to populate reference data.”"""
    platform.done("apply", "development")
    platform.ask("development", "CREATE TABLE by_hand (id int)")

    done = platform.done("reset", "development", "--yes")

    assert "prisma/seed.sql" in done.err
    assert platform.ask("development", ROWS) == NAMES
    assert platform.ask("development", "SELECT to_regclass('by_hand')::text") == [None]
    assert platform.ask("development", "SELECT count(*) FROM chains")[0] > 0
    for target in ("staging", "production"):
        refused(
            platform.run("reset", target, "--yes"),
            ExitCode.USAGE,
            "only development is ever reset",
        )


@pytest.mark.slow
def test_production_deployment(platform: Platform) -> None:
    """“Apply all pending migrations without modifying the schema”; “test migrations in staging
    before production”; “always back up the database before applying migrations”."""
    refused(platform.run("apply", "staging"), ExitCode.POSTGRES, "is never made by me")
    platform.make("staging")
    platform.make("production")
    closed = platform.run("apply", "production")
    assert closed.code == ExitCode.GATE_CLOSED, closed.said
    assert platform.ask("production", "SELECT to_regclass('users')::text") == [None]
    refused(platform.run("apply", "staging", "--seed"), ExitCode.USAGE, "only development")

    platform.done("apply", "staging")
    done = platform.done("apply", "production", "--generate")

    assert f"generate | {CLIENT}" in done.err
    assert platform.ask("production", ROWS) == NAMES
    assert platform.ask("production", "SELECT count(*) FROM chains") == [0]
    (backup,) = platform.read("backups", "list", "production")["backups"]
    (begun,) = platform.ask("production", "SELECT min(started_at) FROM _prisma_migrations")
    assert datetime.fromisoformat(backup["snapshot_at"]) < begun


@pytest.mark.slow
@pytest.mark.skipif("create" not in VERBS, reason="this version has no `create`")
def test_creating_migrations(platform: Platform) -> None:
    """“Create a new migration file. Allow you to edit the migration file before applying it.”"""
    platform.done("apply", "development", "--no-generate")
    before = set((platform.root / FOLDER).iterdir())

    done = platform.called(("create", "migration_name", "--empty"), {})

    assert done.code == 0, done.said
    (made,) = set((platform.root / FOLDER).iterdir()) - before
    assert re.fullmatch(r"\d{14}_migration_name", made.name)
    assert (made / "migration.sql").is_file()
    assert platform.ask("development", ROWS) == NAMES


@pytest.mark.slow
def test_migrations_are_applied_automatically_during_deployment(platform: Platform) -> None:
    """By the workflow that `init` writes: on every push to the branch that is deployed."""
    (platform.root / CONFIGURATION).unlink()

    done = platform.called(("init", "--bot", f"acme/migration-bot@{'0' * 40}"), {})

    assert done.code == 0, done.said
    deploy = (platform.root / ".github/workflows/migration-deploy.yml").read_text("utf-8")
    assert "\n  push:" in deploy
    assert "acme/migration-bot" in deploy
