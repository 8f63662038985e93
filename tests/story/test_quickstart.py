"""The quickstart, followed to the letter: its commands, its workflows, its steps on GitHub."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.hub import Hub
from tests.docs.documents import Block, blocks, shell_lines
from tests.harness.shipping import ROOT, ship
from tests.harness.stand_ins import git
from tests.hub import ticking
from tests.openapi.validator import OpenApiValidator
from tests.story.conftest import ROLES
from tests.story.stage import COUNTRY, HARMLESS, HISTORY, INDEX, RISKY, SHOP, TARGETS, Stage, script

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs/quickstart.md"
OWNERS = "OWNER/migration-bot"


@pytest.fixture
def stage(
    tmp_path: Path,
    validator: OpenApiValidator,
    urls: dict[str, str],
    secrets: set[str],
) -> Iterator[Stage]:
    """A Prisma repository that has never heard of the bot, which lies in its owner's."""
    with Hub(tmp_path / "hub", clock=ticking(), on_call=validator.check) as hub:
        hub.create_repository(SHOP, files=HISTORY, roles=ROLES)
        bot = tmp_path / "owner"
        bot.mkdir()
        ship(bot)
        git(bot, "init", "--quiet")
        yield Stage(hub, tmp_path, urls, secrets, tmp_path / "cache", actions={OWNERS: bot})


@pytest.fixture
def clone(stage: Stage) -> Path:
    """What the author has on their machine."""
    folder = stage.folder / "clone"
    git(stage.folder, "clone", "--quiet", str(stage.hub.repository(SHOP).git.path), str(folder))
    return folder


def follow(line: str, folder: Path) -> str:
    """Type a line of the page, where the bot is that of this checkout."""
    words = shlex.split(line)
    assert words[0] == "migration-bot"
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lines() -> list[str]:
    found = list(shell_lines(PAGE))
    assert found[0] == "make install"  # tests/docs/test_readme_followed.py does that.
    return found[1:]


def workflow(name: str) -> Block:
    return next(each for each in blocks(PAGE, "yaml") if each.text.startswith(f"name: {name}\n"))


def test_there_is_no_command_and_no_workflow_that_is_not_followed_here() -> None:
    verbs = [re.findall(r"migration-bot ([a-z]+)", line) for line in lines()]
    assert verbs == [["check"], ["init"]]
    shown = [each.text.splitlines()[0] for each in blocks(PAGE, "yaml")]
    assert shown == ["name: Check migrations", "name: Deploy migrations"]


def test_from_nothing_to_a_comment_and_on_to_production(stage: Stage, clone: Path) -> None:
    check, init = lines()

    # 1. On a machine: everything is read, and nothing is changed.
    follow(check, clone)
    assert git(clone, "status", "--porcelain") == ""

    # 2. `init` writes five workflows and a configuration, and says what is to be done on GitHub.
    said = follow(init, clone)
    written = git(clone, "ls-files", "--others", "--exclude-standard").splitlines()
    assert len([each for each in written if each.startswith(".github/workflows/")]) == 5
    assert ".github/migration-bot.yml" in written
    for word in ("staging", "production", "STAGING_DATABASE_URL", "PRODUCTION_DATABASE_URL"):
        assert word in said

    # The one that is shown would be enough of it: it is merged, and a pull request is opened.
    folder = stage.folder / "shown"
    folder.mkdir()
    shown = folder / "migration-check.yml"
    shown.write_text(workflow("Check migrations").text, "utf-8")
    deploy = folder / "migration-deploy.yml"
    deploy.write_text(workflow("Deploy migrations").text, "utf-8")
    added: dict[str, str | bytes | None] = {
        f".github/workflows/{each.name}": each.read_bytes() for each in (shown, deploy)
    }
    stage.hub.push(SHOP, "main", added, author="ada")
    blocked = stage.check(stage.propose({script(INDEX): RISKY}), workflow=shown)
    assert blocked.status == 1, blocked.log
    assert "index-create-blocking" in stage.comment()
    assert "Rehearsed on PostgreSQL" in stage.comment()

    # A harmless one is green, is approved and merged.
    harmless = {script(COUNTRY): HARMLESS, script(INDEX): None}
    assert stage.check(stage.push(harmless), workflow=shown).status == 0
    stage.hub.review(SHOP, 1, author="grace")

    # 3. The merge goes to staging, and then to production.
    run = stage.run(deploy, stage.merge(1))
    assert {name: job.result for name, job in run.jobs.items()} == dict.fromkeys(TARGETS, "success")
    for target in TARGETS:
        assert stage.applied(target) == [COUNTRY]
    assert "### 🟢 1 migration applied to production" in stage.comment()
    assert "proved by restoring" in stage.comment()


@pytest.mark.soak
def test_a_gate_that_is_closed_ends_the_job_with_the_code_that_the_page_names(
    stage: Stage,
) -> None:
    deploy = stage.folder / "migration-deploy.yml"
    deploy.write_text(workflow("Deploy migrations").text, "utf-8")
    run = stage.run(deploy, stage.merged({script(COUNTRY): HARMLESS}, approve=False))
    assert run.jobs["staging"].result == "success"
    assert run.jobs["production"].status == 3
    assert "exit code 3" in PAGE.read_text("utf-8")
    assert (stage.applied("staging"), stage.applied("production")) == ([COUNTRY], [])

    # “Run the job again when it is open.”
    stage.hub.review(SHOP, 1, author="grace")
    record = stage.hub.repository(SHOP).runs[stage.next_run]
    again = stage.rerun(record)
    assert again.jobs["production"].result == "success", again.jobs["production"].log
    assert stage.applied("production") == [COUNTRY]
