"""The real Prisma CLI on databases that we have migrated, and we on databases that it has."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from bot.demo.screen import Screen
from bot.demo.stage import stage_for
from bot.demo.story import play
from tests.conftest import SERVERS
from tests.prisma.oracle import SCHEMA, Prisma, find_prisma
from tests.shell import Done, bot, write

PLATFORM = Path(__file__).parents[2] / "prisma"
UP_TO_DATE = "Database schema is up to date!"
NOTHING_TO_DO = "No pending migrations to apply."
INIT = "20260101000000_init"
MIXED = "20260102000000_mixed"
LAST = "20260103000000_last"
LOCK = 'provider = "postgresql"\n'
# For what does not depend on the server; Prisma takes a second each time it is asked.
one_server = pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session")


@pytest.fixture(scope="session")
def prisma() -> Prisma:
    return find_prisma()


def project(folder: Path, migrations: Mapping[str, str | bytes]) -> Path:
    """A Prisma project; the answer is the folder that Prisma is given."""
    scripts = {f"migrations/{name}/migration.sql": sql for name, sql in migrations.items()}
    write(folder / "prisma", {"schema.prisma": SCHEMA, "migrations/migration_lock.toml": LOCK})
    write(folder / "prisma", scripts)
    return folder / "prisma"


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """A copy of the platform's prisma/, for Prisma writes its client beside it."""
    copy: Path = shutil.copytree(PLATFORM, tmp_path / "prisma")
    (copy / "prisma.config.ts").unlink()
    return copy


def our(verb: str, folder: Path, url: str, *options: str) -> Done:
    """A verb of ours on a target that is not protected."""
    environ = {"DATABASE_URL": url}
    return bot(verb, "development", *options, cwd=folder.parent, environ=environ)


def pending(folder: Path, url: str) -> list[str]:
    """What our `plan` would apply."""
    plan = json.loads(our("plan", folder, url, "--format", "json").out)
    return [each["name"] for each in plan["pending"]]


def rows(url: str) -> list[tuple[object, ...]]:
    """Prisma's rows without id and times."""
    query = b"""SELECT migration_name, checksum, logs, applied_steps_count,
                       finished_at IS NOT NULL, finished_at >= started_at, rolled_back_at IS NULL
                  FROM _prisma_migrations ORDER BY started_at"""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def comment(url: str) -> str:
    """What is written on the migrations table."""
    query = b"SELECT obj_description('_prisma_migrations'::regclass)"
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return str(row[0]) if row else ""


def empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture(scope="module")
def production(prisma: Prisma) -> Iterator[tuple[str, Path]]:
    """The demo's production after its rollout, and the checkout it was rolled out from."""
    screen = Screen(colour=False)
    with stage_for(screen) as stage:
        play(stage, screen)
        yield stage.urls["PRODUCTION_DATABASE_URL"], stage.runner.checkout / "prisma"


@pytest.mark.soak
@pytest.mark.slow
def test_after_the_demo_prisma_finds_production_up_to_date(
    prisma: Prisma, production: tuple[str, Path]
) -> None:
    before = rows(production[0])
    status, deploy = prisma.status(*production), prisma.deploy(*production)

    assert (status.code, deploy.code) == (0, 0)
    assert "5 migrations found" in status.text
    assert UP_TO_DATE in status.text
    assert NOTHING_TO_DO in deploy.text
    assert rows(production[0]) == before


@pytest.mark.slow
def test_the_platforms_history_applied_by_us_is_what_prisma_expects(
    prisma: Prisma, platform: Path, database: str
) -> None:
    assert our("apply", platform, database).code == 0
    before = rows(database)
    mark = comment(database)
    assert mark.startswith("migration-bot v1 target=development ")

    assert UP_TO_DATE in prisma.status(database, platform).text
    assert NOTHING_TO_DO in prisma.deploy(database, platform).text
    difference = prisma.diff(database, platform)
    assert "-- This is an empty migration." in difference.text
    assert difference.code == 0
    assert rows(database) == before
    # Prisma has no eyes for it, and lets it be.
    assert comment(database) == mark


@pytest.mark.slow
def test_a_database_that_prisma_migrated_is_up_to_date_for_us_and_its_rows_are_ours(
    prisma: Prisma, platform: Path, database: str
) -> None:
    assert prisma.deploy(database, platform).code == 0
    prismas = rows(database)
    status = our("status", platform, database)
    assert status.code == 0, status.said
    assert "up to date" in status.out
    assert pending(platform, database) == []

    empty(database)
    assert our("apply", platform, database).code == 0
    assert rows(database) == prismas


@pytest.mark.slow
@one_server
def test_a_schema_that_differs_is_told_apart(prisma: Prisma, tmp_path: Path, database: str) -> None:
    """Prisma's verdicts above can fail."""
    folder = project(tmp_path, {INIT: "CREATE TABLE a (id int PRIMARY KEY);"})

    assert "have not yet been applied" in prisma.status(database, folder).text
    assert our("apply", folder, database).code == 0
    assert prisma.diff(database, folder).code == 2


@pytest.mark.slow
def test_prisma_lists_the_same_pending_migrations_as_we_do(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, {INIT: "CREATE TABLE a (id int);"})
    assert our("apply", folder, database).code == 0
    # Prisma's order is not the order of bytes: digits before letters, "b" before "B".
    for name in ("20260201000000_b", "20260201000000_B", "20260201000000-c", "0_late"):
        write(folder, {f"migrations/{name}/migration.sql": "SELECT 1;"})

    said = prisma.status(database, folder)

    assert said.code == 1
    listed = said.text.partition("have not yet been applied:\n")[2].partition("\n\n")[0]
    assert listed.split() == pending(folder, database)
    assert len(listed.split()) == 4


@pytest.mark.slow
def test_a_file_that_failed_between_its_segments_is_failed_for_prisma_too(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    mixed = "ALTER TABLE a ADD COLUMN n int;\nCREATE INDEX CONCURRENTLY a_x ON a (missing);\n"
    folder = project(tmp_path, {INIT: "CREATE TABLE a (id int);", MIXED: mixed})
    ours = our("apply", folder, database)
    assert ours.code == 4, ours.said

    deploy = prisma.deploy(database, folder)

    assert deploy.code == 1
    assert "P3009" in deploy.text
    assert f"The `{MIXED}` migration" in deploy.text
    status = our("status", folder, database)
    assert status.code == 0, status.said
    assert f"{MIXED} was interrupted, 1 of 2 parts applied" in " ".join(status.out.split())

    # Whoever mends it by hand settles it for both.
    resolved = our("resolve", folder, database, "--applied", MIXED)
    assert "This was not applied, and no rollout will apply it now" in resolved.out
    assert UP_TO_DATE in prisma.status(database, folder).text
    assert our("status", folder, database).code == 0


@pytest.mark.slow
@one_server
def test_a_file_that_prisma_failed_is_failed_for_us_and_runs_again_once_it_is_rolled_back(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, {INIT: "CREATE TABLE a (id int);\nALTER TABLE b ADD c int;\n"})
    assert prisma.deploy(database, folder).code == 1
    assert our("apply", folder, database).code == 6
    assert "P3009" in our("apply", folder, database).err

    assert prisma.resolve(database, folder, "--rolled-back", INIT).code == 0
    write(folder, {f"migrations/{INIT}/migration.sql": "CREATE TABLE a (id int);\n"})
    ours = our("apply", folder, database)

    assert ours.code == 0, ours.said
    assert UP_TO_DATE in prisma.status(database, folder).text


@pytest.mark.slow
def test_a_failed_file_of_ours_leaves_nothing_that_prisma_would_stumble_over(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, {INIT: "CREATE TABLE a (id int);", LAST: "ALTER TABLE b ADD c int;"})
    assert our("apply", folder, database).code == 4

    write(folder, {f"migrations/{LAST}/migration.sql": "ALTER TABLE a ADD c int;"})

    assert prisma.deploy(database, folder).code == 0
    assert [row[0] for row in rows(database)] == [INIT, LAST]
    assert our("status", folder, database).code == 0


@pytest.mark.slow
@one_server
@pytest.mark.parametrize(
    "script",
    [
        b"CREATE TABLE a (\r\n  id int\r\n);\r\n",
        b"-- caf\xe9 in Latin-1\nCREATE TABLE a (id int);\n",
        b"",
        b"-- nothing\n",
    ],
    ids=["CRLF", "Latin-1", "empty", "only a comment"],
)
def test_a_file_has_the_same_checksum_and_row_whoever_applies_it(
    prisma: Prisma, tmp_path: Path, database: str, script: bytes
) -> None:
    folder = project(tmp_path, {INIT: script})
    ours = our("apply", folder, database)
    assert ours.code == 0, ours.said
    our_rows = rows(database)

    empty(database)
    assert prisma.deploy(database, folder).code == 0
    assert rows(database) == our_rows


@pytest.mark.slow
@one_server
def test_line_ends_that_git_changed_after_applying_are_no_edit_for_either(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    folder = project(tmp_path, {INIT: b"CREATE TABLE a (\r\n  id int\r\n);\r\n"})
    assert prisma.deploy(database, folder).code == 0

    write(folder, {f"migrations/{INIT}/migration.sql": b"CREATE TABLE a (\n  id int\n);\n"})

    assert UP_TO_DATE in prisma.status(database, folder).text
    assert our("status", folder, database).code == 0


@pytest.mark.slow
def test_the_platforms_schema_is_valid_and_formatted(prisma: Prisma, platform: Path) -> None:
    validated = prisma.run("validate", project=platform)
    assert "is valid" in validated.text
    assert validated.code == 0

    formatted = prisma.run("format", "--check", project=platform)
    assert formatted.code == 0, formatted.text
    (platform / "schema.prisma").write_text('datasource  db{provider = "postgresql"}\n', "utf-8")
    assert prisma.run("format", "--check", project=platform).code == 1


@pytest.mark.slow
@one_server
def test_the_configuration_that_we_ship_leads_prisma_to_the_platform(
    prisma: Prisma, tmp_path: Path, database: str
) -> None:
    """It imports from prisma/config, and so wants Prisma installed above it."""
    shutil.copytree(PLATFORM, tmp_path / "prisma")
    (tmp_path / "node_modules").symlink_to(prisma.home / "node_modules")
    options = ("--config", "prisma/prisma.config.ts")

    deploy = prisma.run("migrate", "deploy", *options, project=tmp_path, url=database)

    assert deploy.code == 0, deploy.text
    assert "All migrations have been successfully applied." in deploy.text
    assert our("status", tmp_path / "prisma", database).code == 0
