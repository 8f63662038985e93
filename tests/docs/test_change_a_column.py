"""The page on columns: its migrations are judged and applied while both releases go on working."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from bot.adapters.postgres.server import start_server
from bot.errors import ExitCode
from tests.adapters.postgres.restoring.places import Live, live
from tests.commands.place import CONFIGURATION, FOLDER, INIT, Place, repository
from tests.conftest import SERVERS
from tests.docs.documents import ROOT, Block, blocks

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs/how-to/change-a-column-without-downtime.md"
INSTALLATION = max(SERVERS.values(), key=lambda each: each.major)
ROWS = 12_000
TARGETS = """
targets:
  staging: {kind: staging, url_env: STAGING_DATABASE_URL, lock_timeout: 100}
"""
TABLES = f"""
CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "email" TEXT, "name" TEXT NOT NULL);
CREATE TABLE "Order" ("id" SERIAL PRIMARY KEY, "total" INTEGER NOT NULL);
INSERT INTO "User" ("email", "name")
  SELECT CASE WHEN n % 3 > 0 THEN n || '@example.com' END, 'Name ' || n
  FROM generate_series(1, {ROWS}) AS n;
INSERT INTO "Order" ("total") SELECT n FROM generate_series(1, {ROWS}) AS n;
"""
# The application gives a request up after five seconds.
PATIENCE = "-c statement_timeout=5000"


@dataclass(frozen=True)
class Recipe:
    """A section: what each release asks for, and the migrations in between."""

    first: str
    second: str
    expand: tuple[tuple[str, str], ...]
    contract: tuple[tuple[str, str], ...]
    # Rows that must not be there while both columns are.
    wrong: str
    required: tuple[str, str]


def parts(title: str) -> list[Block]:
    text = PAGE.read_text("utf-8")
    start = text.count("\n", 0, text.index(f"\n## {title}\n")) + 2
    following = text.find("\n## ", text.index(f"\n## {title}\n") + 1)
    end = text.count("\n", 0, following) + 2
    return [each for each in blocks(PAGE, "sql") if start <= each.line < end]


def recipe(title: str, wrong: str, required: tuple[str, str]) -> Recipe:
    found = parts(title)
    releases = [each.text for each in found if each.text.startswith("-- Release ")]
    migrations: list[tuple[str, str]] = []
    for block in found:
        match = re.match(r"-- (\d{14}_\w+)/migration\.sql\n", block.text)
        if match:
            migrations.append((match[1], block.text[match.end() :]))
    assert len(releases) + len(migrations) == len(found)
    cut = [each for each in migrations if "_drop_" in each[0]]
    return Recipe(
        releases[0],
        releases[-1],
        tuple(each for each in migrations if each not in cut),
        tuple(cut),
        wrong,
        required,
    )


RECIPES = {
    "Make a column required": ("false", ("User", "email")),
    "Rename a column": ('"fullName" IS DISTINCT FROM "name"', ("User", "fullName")),
    "Change a column's type": ('"totalCents" IS DISTINCT FROM "total"', ("Order", "totalCents")),
}


def test_every_section_with_a_migration_is_run() -> None:
    text = PAGE.read_text("utf-8")
    sections = re.split(r"^## (.+)$", text, flags=re.M)
    named = {
        title
        for title, body in zip(sections[1::2], sections[2::2], strict=True)
        if "```sql" in body
    }
    assert named == set(RECIPES)


@dataclass
class Release:
    """One release at work: its statements, over and over, as prepared ones."""

    text: str
    url: str
    rounds: int = 0
    failures: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        statements = [each.strip() for each in self.text.split(";\n") if each.strip()]
        try:
            with psycopg.connect(
                self.url, autocommit=True, prepare_threshold=0, options=PATIENCE
            ) as connection:
                while not self.stop.is_set():
                    for statement in statements:
                        connection.execute(statement.encode())
                    self.rounds += 1
                    time.sleep(0.002)
        except psycopg.Error as error:
            self.failures.append(str(error))


@contextmanager
def at_work(text: str, url: str) -> Iterator[Release]:
    release = Release(text, url)
    thread = threading.Thread(target=release.work)
    thread.start()
    try:
        yield release
    finally:
        release.stop.set()
        thread.join(timeout=30)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    backups = tmp_path_factory.mktemp("backups")
    with start_server(INSTALLATION) as server, live(server, backups) as made:
        yield made


@pytest.fixture(scope="module")
def place(database: Live, tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = repository(tmp_path_factory.mktemp("shop"))
    made.write(CONFIGURATION, TARGETS)
    made.write(f"{FOLDER}/{INIT}/migration.sql", TABLES)
    made.git("switch", "--quiet", "main")
    keep(made, "The application's tables")
    apply(made, database)
    return made


def keep(place: Place, message: str) -> None:
    place.git("add", "--all")
    place.git("commit", "--quiet", f"--message={message}")


def apply(place: Place, database: Live) -> None:
    url = {"STAGING_DATABASE_URL": database.url().text}
    done = place.bot("apply", "staging", environ=url)
    assert done.code == ExitCode.FINE, done.said


def merge(place: Place, database: Live, migrations: Sequence[tuple[str, str]]) -> None:
    """As a pull request would bring them: judged and rehearsed on top of main, then applied."""
    place.git("switch", "--quiet", "--create", "change", "main")
    for name, text in migrations:
        place.write(f"{FOLDER}/{name}/migration.sql", text)
    keep(place, "Change a column")
    done = place.bot("check", "--base", "main", rehearses=True)
    assert done.code == ExitCode.FINE, done.said
    place.git("switch", "--quiet", "main")
    place.git("merge", "--quiet", "--ff-only", "change")
    place.git("branch", "--quiet", "--delete", "change")
    apply(place, database)


@pytest.mark.soak
@pytest.mark.parametrize("title", RECIPES)
def test_both_releases_work_through_all_of_it(title: str, place: Place, database: Live) -> None:
    """In the order of the page, though none needs what the one before has left."""
    wrong, required = RECIPES[title]
    steps = recipe(title, wrong, required)
    url = database.url().text
    table, column = required

    with at_work(steps.first, url) as first:
        merge(place, database, steps.expand)
        if steps.contract:
            assert database.ask(f'SELECT count(*) FROM "{table}" WHERE {wrong}') == [(0,)]
        with at_work(steps.second, url) as second:
            time.sleep(1)
            if steps.contract:
                assert database.ask(f'SELECT count(*) FROM "{table}" WHERE {wrong}') == [(0,)]
                first.stop.set()
                time.sleep(0.5)
                merge(place, database, steps.contract)
                time.sleep(0.5)

    assert (first.failures, second.failures) == ([], [])
    assert first.rounds > 20
    assert second.rounds > 20
    assert database.ask(
        "SELECT is_nullable FROM information_schema.columns"
        f" WHERE table_name = '{table}' AND column_name = '{column}'"
    ) == [("NO",)]
    assert database.ask(f'SELECT count(*) > {ROWS} FROM "{table}"') == [(True,)]


@pytest.mark.usefixtures("place")
def test_renaming_in_place_breaks_the_release_that_is_running(database: Live) -> None:
    """What the page warns of: so that the load above is one that would notice."""
    text = 'SELECT "id" FROM "Order" WHERE "id" = 7;\n'
    with at_work(text, database.url().text) as release:
        time.sleep(0.3)
        database.ask('ALTER TABLE "Order" RENAME COLUMN "id" TO "number"')
        time.sleep(0.5)
    assert release.failures
