"""The reusable workflows, called as the documentation shows it, by a repository without the bot."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.hub import Hub
from tests.docs.documents import blocks
from tests.harness.shipping import ROOT, ship
from tests.harness.stand_ins import git
from tests.hub import ticking
from tests.openapi.validator import OpenApiValidator
from tests.story.conftest import ROLES, leaks
from tests.story.stage import (
    COUNTRY,
    HARMLESS,
    HISTORY,
    INDEX,
    MENDED,
    RISKY,
    SHOP,
    TARGETS,
    Stage,
    script,
)
from tests.story.test_audit import records

pytestmark = pytest.mark.slow

BOT = "acme/migration-bot"
AUTHOR = ("-c", "user.name=Octocat", "-c", "user.email=octocat@example.com")
WORKFLOWS = ".github/workflows"


@pytest.fixture
def elsewhere(
    tmp_path: Path, validator: OpenApiValidator, urls: dict[str, str], secrets: set[str]
) -> Iterator[Stage]:
    """A repository without the bot, and the bot in one of its own."""
    with Hub(tmp_path / "hub", clock=ticking(), on_call=validator.check) as hub:
        hub.create_repository(SHOP, files=HISTORY, roles=ROLES)
        bot = tmp_path / "bot-repository"
        bot.mkdir()
        ship(bot)
        git(bot, "init", "--quiet", "--initial-branch", "main")
        git(bot, "add", "--all")
        git(bot, *AUTHOR, "commit", "--quiet", "--message", "The bot")
        called = {
            f"{BOT}/{WORKFLOWS}/{name}.yml": ROOT / WORKFLOWS / f"{name}.yml"
            for name in ("check", "report", "apply")
        }
        cache = tmp_path / "cache"
        stage = Stage(hub, tmp_path, urls, secrets, cache, actions={BOT: bot}, workflows=called)
        yield stage
        assert leaks(stage) == []


def caller(stage: Stage, name: str) -> Path:
    """The workflow that the documentation shows, with the bot's address and commit filled in."""
    shown = [
        each.text
        for each in blocks(ROOT / "docs/reference/workflows.md", "yaml")
        if f"/{name}.yml@" in each.text
    ]
    commit = git(stage.actions[BOT], "rev-parse", "HEAD")
    path = stage.folder / f"migration-{name}.yml"
    text = re.sub(r"OWNER/migration-bot/(\S+)@[0-9a-f]{40}", rf"{BOT}/\1@{commit}", shown[0])
    path.write_text(text, "utf-8")
    return path


def test_a_called_check_judges_the_callers_pull_request_with_the_bot_that_was_named(
    elsewhere: Stage,
) -> None:
    event = elsewhere.propose({script(INDEX): RISKY})
    job = elsewhere.check(event, workflow=caller(elsewhere, "check"))
    assert (job.status, "permissions:" in job.log) == (1, False), job.log
    assert "index-create-blocking" in elsewhere.comment()
    assert [each.conclusion for each in elsewhere.check_runs()] == ["failure"]


def test_a_called_report_tells_what_a_fork_was_found_to_do(elsewhere: Stage) -> None:
    event = elsewhere.fork_propose({script(INDEX): RISKY})
    assert elsewhere.check(event, workflow=caller(elsewhere, "check")).status == 1
    assert elsewhere.comments() == {}
    ended = list(elsewhere.ends.values())[-1]
    job = elsewhere.run(caller(elsewhere, "report"), ended).jobs["report"]
    assert (job.status, "permissions:" in job.log) == (0, False), job.log
    assert "index-create-blocking" in elsewhere.comment()
    assert [each.conclusion for each in elsewhere.check_runs()] == ["failure"]


@pytest.mark.soak
def test_called_twice_apply_goes_to_staging_and_runs_in_production_what_was_shown(
    elsewhere: Stage,
) -> None:
    deploy = caller(elsewhere, "apply")
    # From what it remembers of this one, the bot foretells the next.
    assert elsewhere.run(deploy, elsewhere.merged({script(INDEX): MENDED})).conclusion == "success"
    push = elsewhere.merged({script(COUNTRY): HARMLESS}, branch="second")
    run = elsewhere.run(deploy, push)
    assert run.conclusion == "success", run.jobs
    for name in TARGETS:
        assert "permissions:" not in run.jobs[name].log
        assert elsewhere.applied(name) == [INDEX, COUNTRY]
        assert elsewhere.states(name) == ["in_progress", "success"]
    kept = list(records(elsewhere).items())
    assert [name for name, _ in kept] == [f"migration-audit-{name}-1" for name in TARGETS]
    foretold = json.loads(run.jobs["staging"].outputs["forecast-digests"])
    assert foretold == {"production": kept[-1][1]["record"]["digest"]}
    assert "### 🟢 1 migration applied to production" in elsewhere.comment(2)


def test_what_was_not_shown_is_not_applied(elsewhere: Stage) -> None:
    path = caller(elsewhere, "apply")
    text, replaced = re.subn(
        "expect-digest: .*", f"expect-digest: sha256:{'0' * 64}", path.read_text()
    )
    assert replaced == 1
    path.write_text(text, "utf-8")
    run = elsewhere.run(path, elsewhere.merged({script(COUNTRY): HARMLESS}))
    assert (run.jobs["staging"].status, run.jobs["production"].status) == (0, 6)
    assert elsewhere.applied("production") == []


@pytest.mark.soak
def test_a_closed_gate_fails_the_caller_and_says_what_opens_it(elsewhere: Stage) -> None:
    push = elsewhere.merged({script(COUNTRY): HARMLESS}, approve=False)
    production = elsewhere.run(caller(elsewhere, "apply"), push).jobs["production"]
    assert production.status == 3
    assert "approval" in production.log
    assert elsewhere.applied("production") == []
