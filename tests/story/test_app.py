"""The bot under the token of a GitHub App: the comment is the app's, no other app's is touched."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.demo.hub.state import ACTIONS_BOT
from tests.harness.documents import load
from tests.story.stage import (
    CHECK,
    COUNTRY,
    DEPLOY,
    HARMLESS,
    INDEX,
    LENDING,
    MENDED,
    RISKY,
    SHOP,
    Stage,
    script,
)

APP = "acme-migrations[bot]"
LENDER = "actions/create-github-app-token@d72941d797fd3113feb6b93fd0dec494b13a2547"

pytestmark = pytest.mark.slow


def under_the_app(workflow: Path, folder: Path) -> Path:
    """The workflow that ships, with the token of an app in each step of the bot."""
    document = load(workflow)
    for job in document["jobs"].values():
        job["steps"] = [each for step in job["steps"] for each in lent(step, job["permissions"])]
    path = folder / workflow.name
    path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return path


def lent(step: dict[str, Any], permissions: dict[str, str]) -> list[dict[str, Any]]:
    if step.get("uses") != "./":
        return [step]
    asked = {f"permission-{name}": level for name, level in permissions.items()}
    lending = {"name": LENDING, "id": "app", "uses": LENDER, "with": {"app-id": "7", **asked}}
    token = {"token": "${{ steps.app.outputs.token }}"}
    return [lending, {**step, "with": {**step.get("with", {}), **token}}]


def test_an_app_keeps_one_comment_from_the_check_to_production(
    stage: Stage, tmp_path: Path
) -> None:
    check, deploy = (under_the_app(each, tmp_path) for each in (CHECK, DEPLOY))
    stage.account = APP
    assert stage.check(stage.propose({script(INDEX): RISKY}), workflow=check).status == 1
    (first,) = stage.comments()
    # Another bot of the repository, whose text begins as ours does.
    other = stage.hub.comment(SHOP, 1, author=ACTIONS_BOT, body=stage.comment())
    number = other.payload["comment"]["id"]

    assert stage.check(stage.push({script(INDEX): MENDED}), workflow=check).status == 0
    assert list(stage.comments()) == [first]
    assert "### 🟢 1 new migration" in stage.comment()
    assert [each.app.login for each in stage.check_runs()] == [APP]

    stage.hub.review(SHOP, 1, author="grace")
    run = stage.run(deploy, stage.merge(1))
    assert run.conclusion == "success", run.jobs["production"].log
    assert list(stage.comments()) == [first]
    assert "### 🟢 1 migration applied to production" in stage.comment()
    assert "### 🔴 1 new migration" in stage.pull(1).comments[number].body


@pytest.mark.soak
def test_the_button_of_an_apps_check_run_checks_again(stage: Stage, tmp_path: Path) -> None:
    check = under_the_app(CHECK, tmp_path)
    stage.account = APP
    stage.check(stage.propose({script(COUNTRY): HARMLESS}), workflow=check)
    (run,) = stage.check_runs()
    again = stage.check(stage.hub.rerequest(SHOP, run.id, author="ada"), workflow=check)
    assert again.status == 0, again.log
    assert [each.conclusion for each in stage.check_runs()] == ["success", "success"]
