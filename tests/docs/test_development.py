"""What the page on development databases shows is so: its commands, run in its order."""

import secrets
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.config.databases import read_databases
from tests.commands.place import CONFIGURATION, INIT, repository
from tests.commands.within import NearPlace
from tests.conftest import RunningServer
from tests.docs.documents import ROOT, blocks, commands
from tests.shell import Done

PAGE = ROOT / "docs/how-to/work-on-a-development-database.md"
CLIENT = "made the client"
TARGETS = """\
targets:
  development: {{kind: development, url_env: DATABASE_URL}}
  staging: {{kind: staging, url_env: STAGING_DATABASE_URL, backup: {{directory: {0}}}}}
hooks:
  generate: [{1}, -c, "print('{2}')"]
"""


@pytest.fixture
def urls(server: RunningServer) -> Iterator[dict[str, str]]:
    """Staging's database is there."""
    names = {each: f"page_{secrets.token_hex(4)}" for each in ("DATABASE_URL", "STAGING")}
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {names['STAGING']} TEMPLATE template0".encode())
        yield {
            "DATABASE_URL": server.url(names["DATABASE_URL"]),
            "STAGING_DATABASE_URL": server.url(names["STAGING"]),
        }
        for name in names.values():
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@pytest.mark.slow
def test_every_command_of_the_page_does_what_it_says(tmp_path: Path, urls: dict[str, str]) -> None:
    place = NearPlace(repository(tmp_path / "repository").root, typed="development")
    place.write(CONFIGURATION, TARGETS.format(tmp_path / "backups", sys.executable, CLIENT))
    place.write("prisma/seed.sql", "INSERT INTO a VALUES (1);\n")
    make, without, elsewhere, seeded, anew = [
        each for each in commands(PAGE) if len(each.split()) > 2 and "identity" not in each
    ]

    def run(command: str) -> Done:
        done = place.bot(*shlex.split(command)[1:], environ=urls)
        assert done.code == 0, done.said
        return done

    made = run(make)
    assert "created the database page_" in made.err
    assert CLIENT in made.err
    assert CLIENT not in run(without).said
    assert CLIENT in run(elsewhere).err
    assert "seed hook" in run(seeded).out
    again = run(anew)
    assert f"applying {INIT}" in again.err
    with psycopg.connect(urls["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT id FROM a").fetchall() == [(1,)]


def test_the_configurations_of_the_page_are_right() -> None:
    found = [read_databases(each.text, path="x")[0].hooks for each in blocks(PAGE, "yaml")]
    assert [str(each.generate) for each in found] == ["npx prisma generate", "None"]
    assert [str(each.seed) for each in found] == ["None", "npx tsx prisma/seed.ts"]
