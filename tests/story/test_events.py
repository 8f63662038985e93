"""Every kind of event that reaches the bot, and the ones it refuses."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.demo.hub import Event
from tests.story.stage import COUNTRY, HARMLESS, INDEX, RISKY, SHOP, Stage, script

ON_TARGET = """
name: A mistake that others have made
on: pull_request_target
permissions: {}
jobs:
  check:
    runs-on: ubuntu-24.04
    environment: production
    permissions: {contents: read, pull-requests: write}
    steps:
      - uses: actions/checkout@v7
        with: {fetch-depth: 0, persist-credentials: false}
      - uses: ./
        with: {target: production}
        env: {PRODUCTION_DATABASE_URL: "${{ secrets.PRODUCTION_DATABASE_URL }}"}
"""


def from_fork(stage: Stage, sql: str) -> Event:
    stage.hub.fork(SHOP, author="mallory")
    stage.hub.push("mallory/shop", "topic", {script(INDEX): sql}, author="mallory")
    return stage.hub.open_pull_request(
        SHOP, author="mallory", head="topic", head_repository="mallory/shop", title="From outside"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "status", "verdict"),
    [(RISKY, 1, "block"), pytest.param(HARMLESS, 0, "pass", marks=pytest.mark.slow)],
    ids=["risky", "harmless"],
)
def test_a_fork_gets_its_verdict_in_the_summary_and_no_comment(
    stage: Stage, sql: str, status: int, verdict: str
) -> None:
    stage.hub.set_role(SHOP, "mallory", "read")
    job = stage.check(from_fork(stage, sql))
    assert job.status == status, job.log
    assert job.steps[-1].outputs["verdict"] == verdict
    assert sql in job.summary
    assert "no comment on #1" in job.log
    assert "it comes from a fork" in job.log
    assert stage.pull(1).comments == {}
    assert all(call.method == "GET" for call in stage.hub.calls)


@pytest.mark.slow
def test_a_merged_fork_is_applied_like_any_other(stage: Stage) -> None:
    from_fork(stage, HARMLESS)
    stage.hub.review(SHOP, 1, author="grace")
    run = stage.deploy(stage.merge(1, author="alan"))
    assert run.conclusion == "success", run.jobs["production"].log
    assert "### 🟢 1 migration applied to production" in stage.comment()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "status"),
    [(RISKY, 1), pytest.param(HARMLESS, 0, marks=pytest.mark.slow)],
    ids=["risky", "harmless"],
)
def test_a_merge_queue_is_checked_without_a_comment(stage: Stage, sql: str, status: int) -> None:
    stage.propose({script(INDEX): sql})
    job = stage.check(stage.hub.queue(SHOP, 1, author="ada"))
    assert job.status == status, job.log
    assert sql in job.summary
    assert stage.pull(1).comments == {}


def test_pull_request_target_is_refused_before_anything_is_read(
    stage: Stage, tmp_path: Path
) -> None:
    untouched = stage.schema("production")
    workflow = tmp_path / "target.yml"
    workflow.write_text(ON_TARGET, encoding="utf-8")
    event = replace(stage.propose({script(COUNTRY): HARMLESS}), name="pull_request_target")
    job = stage.check(replace(event, sha=stage.pull(1).base_sha), workflow=workflow)
    assert job.status == 2
    assert "The event pull_request_target is refused" in job.log
    assert "Trigger the check workflow by `pull_request` instead." in job.log
    assert stage.hub.calls == []
    assert stage.schema("production") == untouched


def test_a_pull_request_without_migrations_gets_no_comment(stage: Stage) -> None:
    job = stage.check(stage.propose({"README.md": "# Shop\n"}))
    assert job.status == 0
    assert stage.pull(1).comments == {}
    assert not stage.deploys(stage.merge(1))
