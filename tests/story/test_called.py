"""The reusable workflows: called by another repository, at one commit of the bot's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.hub import Hub
from tests.harness.shipping import ROOT, ship
from tests.harness.stand_ins import git
from tests.hub import ticking
from tests.openapi.validator import OpenApiValidator
from tests.story.stage import HISTORY, INDEX, RISKY, SHOP, Stage, script

pytestmark = pytest.mark.slow

BOT = "acme/migration-bot"
AUTHOR = ("-c", "user.name=Octocat", "-c", "user.email=octocat@example.com")
CALLER = """\
name: Check migrations

on:
  pull_request:

permissions: {{}}

jobs:
  check:
    permissions: {{checks: write, contents: read, deployments: read, pull-requests: write}}
    uses: {bot}/.github/workflows/check.yml@{commit}
"""


@pytest.fixture
def elsewhere(tmp_path: Path, validator: OpenApiValidator) -> Iterator[Stage]:
    """A repository without the bot, and the bot in one of its own."""
    with Hub(tmp_path / "hub", clock=ticking(), on_call=validator.check) as hub:
        hub.create_repository(SHOP, files=HISTORY, roles={"ada": "write", "grace": "maintain"})
        bot = tmp_path / "bot-repository"
        bot.mkdir()
        ship(bot)
        git(bot, "init", "--quiet", "--initial-branch", "main")
        git(bot, "add", "--all")
        git(bot, *AUTHOR, "commit", "--quiet", "--message", "The bot")
        called = {f"{BOT}/.github/workflows/check.yml": ROOT / ".github/workflows/check.yml"}
        urls = dict.fromkeys(("staging", "production"), "postgresql://nobody@127.0.0.1:9/none")
        cache = tmp_path / "cache"
        yield Stage(hub, tmp_path, urls, set(), cache, actions={BOT: bot}, workflows=called)


def test_a_called_check_judges_the_callers_pull_request_with_the_bot_that_was_named(
    elsewhere: Stage,
) -> None:
    commit = git(elsewhere.actions[BOT], "rev-parse", "HEAD")
    workflow = elsewhere.folder / "migration-check.yml"
    workflow.write_text(CALLER.format(bot=BOT, commit=commit), "utf-8")
    job = elsewhere.check(elsewhere.propose({script(INDEX): RISKY}), workflow=workflow)
    assert job.result == "failure"
    assert "index-create-blocking" in elsewhere.comment()
