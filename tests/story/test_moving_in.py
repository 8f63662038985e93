"""`migration-bot init` in a Prisma repository, and then its own workflows on its pull requests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.hub import Hub
from tests.harness.shipping import ROOT, ship
from tests.harness.stand_ins import git
from tests.hub import ticking
from tests.openapi.validator import OpenApiValidator
from tests.story.stage import HARMLESS, INDEX, INIT, RISKY, SHOP, Stage, script

SCHEMA = """\
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
"""
BOT = "acme/migration-bot"
PIN = f"{BOT}@{'0123456789' * 4}"
TABLE = 'CREATE TABLE "Order" ("id" SERIAL NOT NULL, CONSTRAINT "o" PRIMARY KEY ("id"));\n'


@pytest.fixture
def empty(tmp_path: Path, validator: OpenApiValidator) -> Iterator[Stage]:
    """A repository with a schema and nothing else, and this bot in one of its own."""
    with Hub(tmp_path / "hub", clock=ticking(), on_call=validator.check) as hub:
        files = {"prisma/schema.prisma": SCHEMA, "package.json": "{}\n"}
        hub.create_repository(SHOP, files=files, roles={"ada": "write", "grace": "maintain"})
        bot = tmp_path / "bot-action"
        bot.mkdir()
        ship(bot)
        git(bot, "init", "--quiet")
        urls = dict.fromkeys(("staging", "production"), "postgresql://nobody@127.0.0.1:9/none")
        yield Stage(hub, tmp_path, urls, set(), tmp_path / "cache", actions={BOT: bot})


def moved_in(stage: Stage, *options: str) -> dict[str, str | bytes | None]:
    """What `init` writes in a clone of the repository, by path."""
    clone = stage.folder / "clone"
    git(stage.folder, "clone", "--quiet", str(stage.hub.repository(SHOP).git.path), str(clone))
    command = [sys.executable, "-m", "bot", "init", "--bot", PIN, *options]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=clone, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "written      .github/workflows/migration-check.yml" in done.stdout
    found = git(clone, "ls-files", "--others", "--exclude-standard").splitlines()
    return {path: (clone / path).read_text("utf-8") for path in found}


def test_the_check_that_init_writes_is_green_on_the_first_try(empty: Stage) -> None:
    files = moved_in(empty)
    workflow = empty.folder / "clone" / ".github/workflows/migration-check.yml"
    job = empty.check(empty.propose(files, branch="move-in"), workflow=workflow)
    assert job.status == 0, job.log
    assert job.steps[-1].outputs["verdict"] == "pass"
    assert empty.pull(1).comments == {}


@pytest.mark.slow
def test_after_that_the_first_migration_is_judged_and_a_risky_one_is_stopped(empty: Stage) -> None:
    files = moved_in(empty)
    workflow = empty.folder / "clone" / ".github/workflows/migration-check.yml"
    empty.check(empty.propose(files, branch="move-in"), workflow=workflow)
    empty.merge(1)
    first = empty.check(empty.propose({script(INIT): TABLE}, branch="first"), workflow=workflow)
    assert first.status == 0, first.log
    assert "1 new migration" in empty.comment(2)
    empty.merge(2)
    risky = RISKY.replace('"total"', '"id"')
    job = empty.check(empty.propose({script(INDEX): risky}, branch="risky"), workflow=workflow)
    assert job.status == 1, job.log
    assert "index-create-blocking" in empty.comment(3)
    assert HARMLESS not in empty.comment(3)


@pytest.mark.slow
def test_a_folder_that_no_configuration_names_yet_is_said_to_the_check(empty: Stage) -> None:
    empty.hub.push(
        SHOP, "main", {"db/schema.prisma": SCHEMA, "prisma/schema.prisma": None}, author="ada"
    )
    files = moved_in(empty)
    assert "db/migrations/migration_lock.toml" in files
    workflow = empty.folder / "clone" / ".github/workflows/migration-check.yml"
    job = empty.check(empty.propose(files, branch="move-in"), workflow=workflow)
    assert job.status == 0, job.log
