"""The page on other tools: what is left behind is told to the bot, and nothing is run again."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.postgres.server import start_server
from bot.errors import ExitCode
from tests.adapters.postgres.restoring.places import Live, live
from tests.commands.place import CONFIGURATION, FOLDER, Place, repository
from tests.conftest import SERVERS
from tests.docs.documents import ROOT, blocks
from tests.shell import environment

pytestmark = [pytest.mark.slow, pytest.mark.soak]

PAGE = ROOT / "docs/how-to/move-from-another-tool.md"
INSTALLATION = max(SERVERS.values(), key=lambda each: each.major)
# As Flyway makes it: documentation.red-gate.com, “Flyway schema history table”.
HISTORY = """CREATE TABLE flyway_schema_history (
    installed_rank integer NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
    version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL,
    script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL,
    installed_on timestamp DEFAULT now() NOT NULL, execution_time integer NOT NULL,
    success boolean NOT NULL
)"""
# More than Prisma models: what `migrate diff --from-empty` would leave out.
TABLES = (
    'CREATE TABLE "User" (id serial PRIMARY KEY, email text NOT NULL UNIQUE)',
    'CREATE TABLE "Order" (id serial PRIMARY KEY, "user" integer REFERENCES "User" (id))',
    'CREATE VIEW orders AS SELECT count(*) AS many FROM "Order"',
    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    'CREATE TRIGGER nothing BEFORE INSERT ON "User" FOR EACH ROW EXECUTE FUNCTION nothing()',
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Live]:
    """A database that Flyway has looked after."""
    with start_server(INSTALLATION) as server, live(server, tmp_path / "backups") as made:
        made.ask(HISTORY, *TABLES)
        made.ask("INSERT INTO \"User\" (email) VALUES ('ada@example.com')")
        yield made


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A repository without migrations, and with the configuration of the page."""
    made = repository(tmp_path / "repository")
    made.git("rm", "-r", "--quiet", FOLDER)
    (configuration,) = (each.text for each in blocks(PAGE, "yaml"))
    made.write(CONFIGURATION, configuration)
    return made


def test_a_database_of_flyway_is_taken_over_as_it_is(place: Place, database: Live) -> None:
    url = database.url().text
    (dump,) = (each.text for each in blocks(PAGE, "bash"))
    done = subprocess.run(
        ["sh", "-ec", dump],
        cwd=place.root,
        env=environment(
            PRODUCTION_DATABASE_URL=url, PATH=f"{INSTALLATION.bin}:{environment()['PATH']}"
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (written,) = (place.root / FOLDER).glob("*/migration.sql")
    assert "flyway" not in written.read_text("utf-8")

    checked = place.bot("check", "--all")
    assert checked.code == ExitCode.FINE, checked.said

    environ = {"STAGING_DATABASE_URL": url}
    compare, mark = (
        line.removeprefix("$ migration-bot ").split()
        for block in blocks(PAGE, "console")
        for line in block.text.splitlines()
        if "baseline" in line
    )
    compared = place.bot(*compare, environ=environ)
    assert "flyway_schema_history" in compared.said
    assert compared.said.count("has besides") + compared.said.count("lacks") == 1, compared.said
    marked = place.bot(*mark, environ=environ)
    assert marked.code == ExitCode.FINE, marked.said

    assert database.ask('SELECT count(*) FROM "User"') == [(1,)]
    applied = place.bot("apply", "staging", environ=environ)
    assert applied.code == ExitCode.FINE, applied.said
    assert place.bot("drift", "staging", environ=environ).code == ExitCode.FINE
