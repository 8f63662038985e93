"""`restore` at a command line: what it says first, what it asks for, and what it does."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.adapters.postgres.server import start_server
from bot.errors import ExitCode
from tests.adapters.postgres.restoring.places import Live, live
from tests.commands.place import (
    CONFIGURATION,
    FOLDER,
    INIT,
    MORE,
    SCRIPT,
    Place,
    refused,
    repository,
)
from tests.conftest import SERVERS
from tests.docs.documents import ROOT
from tests.shell import Done

pytestmark = pytest.mark.slow

TARGETS = """
targets:
  staging:
    kind: staging
    url_env: STAGING_DATABASE_URL
    backup: {{directory: {0}-staging}}
  production:
    kind: production
    url_env: DATABASE_URL
    approvals: 0
    backup: {{directory: {0}}}
"""
TABLE = "CREATE TABLE a (id int PRIMARY KEY, n int);\nINSERT INTO a VALUES (1, 1), (2, 1);\n"
HARM = "ALTER TABLE a DROP COLUMN n;\n"


@dataclass(frozen=True)
class Production:
    """A target with a backup, after which a migration did harm and somebody wrote."""

    place: Place
    database: Live
    environ: Mapping[str, str]
    backup: str

    def restore(self, *arguments: str) -> Done:
        return self.place.bot("restore", *arguments, environ=self.environ)

    def rows(self) -> int:
        return int(self.database.ask("SELECT count(*) FROM a")[0][0])


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Those who do not change it come first; the last one restores it."""
    tmp_path = tmp_path_factory.mktemp("restore")
    place = repository(tmp_path / "repository")
    with (
        start_server(max(SERVERS.values(), key=lambda each: each.major)) as server,
        live(server, tmp_path / "backups") as database,
    ):
        environ = {"DATABASE_URL": server.url(database.name), "USER": "ada"}
        place.write(CONFIGURATION, TARGETS.format(tmp_path / "backups"))
        place.write(f"{FOLDER}/{INIT}/migration.sql", TABLE)
        assert place.bot("apply", "production", environ=environ).code == ExitCode.FINE
        assert place.bot("backup", "production", environ=environ).code == ExitCode.FINE
        place.write(SCRIPT, HARM)
        assert place.bot("apply", "production", environ=environ).code == ExitCode.FINE
        database.ask("INSERT INTO a VALUES (3)")
        yield Production(place, database, environ, backup_in(tmp_path / "backups"))


def backup_in(directory: Path) -> str:
    """The second of three: what `backup` took."""
    return sorted(path.name for path in directory.iterdir() if path.is_dir())[1]


def words(done: Done) -> str:
    return " ".join(done.said.split())


def document(done: Done) -> dict[str, object]:
    """Standard output, as the contract has it."""
    schema = json.loads((ROOT / "docs/reference/restore.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    found: dict[str, object] = json.loads(done.out)
    Draft202012Validator(schema).validate(found)
    return found


@pytest.mark.soak
def test_what_is_not_that_targets_backup_is_refused(production: Production) -> None:
    refused(production.restore("production", "2020"), ExitCode.USAGE, "begins with 2020")
    manifest = Path(production.database.directory, production.backup, "manifest.json")
    whole = manifest.read_text()
    for key, other in (
        ("system_identifier", "7"),
        ("database", "another"),
        ("server_version", "99.1"),
    ):
        found = json.loads(whole)
        manifest.write_text(json.dumps({**found, key: other}))
        done = production.restore("production", production.backup, "--dry-run")
        assert done.code == ExitCode.POSTGRES, done.said
    manifest.write_text(json.dumps({**json.loads(whole), "system_identifier": "7"}))
    meant = production.restore("production", production.backup, "--dry-run", "--of-another")
    assert meant.code == ExitCode.FINE, meant.said
    manifest.write_text(whole)


def test_into_another_target_leaves_the_first_alone(production: Production, tmp_path: Path) -> None:
    server = production.database.server
    with live(server, tmp_path / "other", "CREATE TABLE old (id int)") as other:
        environ = {**production.environ, "STAGING_DATABASE_URL": server.url(other.name)}
        arguments = ("restore", "production", production.backup, "--into", "staging")
        wrong = production.place.bot(*arguments, "--yes-restore", "production", environ=environ)
        assert wrong.code == ExitCode.USAGE
        assert "production was typed, and not the name of the target, staging" in wrong.err

        done = production.place.bot(*arguments, "--yes-restore", "staging", environ=environ)

        assert done.code == ExitCode.FINE, done.said
        assert other.ask("SELECT count(n) FROM a") == [(2,)]
        mark = other.ask("SELECT obj_description('_prisma_migrations'::regclass)")[0][0]
        assert "target=staging" in mark
        identity = production.place.bot("identity", "staging", environ=environ)
        assert identity.code == ExitCode.FINE, identity.said
        applied = production.place.bot("apply", "staging", environ=environ)
        assert applied.code == ExitCode.FINE, applied.said
    assert production.rows() == 3


def test_it_is_planned_refused_agreed_to_and_done(production: Production) -> None:
    """In one test, because each step begins where the one before ended."""
    planned = production.restore("production", production.backup[:16], "--dry-run")
    assert planned.code == ExitCode.FINE, planned.said
    for each in (
        "In production, writes after",
        "ago) will be lost",
        "public.a: 3 rows now, 2 then (1 fewer)",
        "1 migration applied since will be pending again",
        MORE,
        "keep the old database",
    ):
        assert each in words(planned)
    for arguments in ((), ("--yes-restore", "prod"), ("--yes-restore", "PRODUCTION")):
        asked = production.restore("production", production.backup, *arguments)
        assert asked.code == ExitCode.USAGE
        assert "`--yes-restore production`" in asked.err
    assert (production.rows(), production.database.databases) == (3, [production.database.name])

    agreed = ("--yes-restore", "production", "--format", "json")
    done = production.restore("production", production.backup, *agreed)

    assert done.code == ExitCode.FINE, done.said
    assert f"nobody has written the digest of {production.backup} down" in " ".join(
        done.err.split()
    )
    told = document(done)
    restored = told["restored"]
    assert isinstance(restored, dict)
    assert restored["pending"] == [MORE]
    assert restored["lost"] == [{"name": "public.a", "now": 3, "then": 2}]
    assert restored["backup"] != production.backup
    assert production.database.ask("SELECT count(n) FROM a") == [(2,)]
    assert production.database.databases == [production.database.name, restored["kept"]]
    status = production.place.bot("status", "production", environ=production.environ)
    assert "1 applied, 1 pending" in status.out
    listed = production.place.bot("audit", "list", "production", environ=production.environ)
    assert f"backup {production.backup} restored in production" in words(listed)
    # What was written down since the backup is there, too.
    assert words(listed).count("1 migration applied in production") == 2
    again = production.place.bot("apply", "production", environ=production.environ)
    assert again.code == ExitCode.FINE, again.said
