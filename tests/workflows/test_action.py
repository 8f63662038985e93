"""The check workflow and the action, executed as they ship."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import ActionCall, Event, Run, World, run_workflow
from tests.harness.stand_ins import git
from tests.workflows.files import ROOT, bot_step
from tests.workflows.trial import (
    BOT,
    Repository,
    call_of,
    commit,
    make_world,
    merged,
    opened,
    write,
)

CHECK = ROOT / ".github/workflows/migration-check.yml"
DEPLOY = ROOT / ".github/workflows/migration-deploy.yml"


def test_a_pull_request_is_judged_by_the_bot_of_the_default_branch(
    tmp_path: Path, repository: Repository
) -> None:
    world = make_world(tmp_path, repository)
    run = run_workflow(CHECK, opened(repository), world)
    assert run.conclusion == "success", run.jobs["check"].log
    assert run.concurrency == "migration-check-7"
    assert run.jobs["check"].summary == "judged by the default branch\n"
    call = call_of(run, "check")
    assert call["argv"] == ["github"]
    assert Path(call["cwd"]).name == "change"
    assert git(Path(call["cwd"]), "rev-parse", "HEAD") == repository.topic
    assert git(Path(call["cwd"]), "rev-parse", "origin/main") == repository.main


def test_nothing_of_a_pull_request_is_importable_beside_the_token(
    tmp_path: Path, repository: Repository
) -> None:
    world = make_world(tmp_path, repository)
    run = run_workflow(CHECK, opened(repository), world)
    call = call_of(run, "check")
    workspace = Path(call["cwd"]).parent
    assert call["path"][0] == str(workspace)
    assert git(workspace, "rev-parse", "HEAD") == repository.main
    assert call["cwd"] not in call["path"]
    assert "" not in call["path"]


def test_a_check_has_a_token_for_its_comment_and_nothing_secret(
    tmp_path: Path, repository: Repository
) -> None:
    world = replace(make_world(tmp_path, repository), secrets={"PASSWORD": "canary"})
    run = run_workflow(CHECK, opened(repository), world)
    environ = call_of(run, "check")["environ"]
    granted = {
        "checks": "write",
        "contents": "read",
        "deployments": "read",
        "pull-requests": "write",
    }
    assert json.loads(environ["GITHUB_TOKEN"]) == granted
    assert environ["MIGRATION_BOT_TARGET"] == environ["MIGRATION_BOT_CONFIG"] == ""
    assert environ["GITHUB_API_URL"] == "http://127.0.0.1:9"
    assert "canary" not in run.jobs["check"].log
    assert "DATABASE_URL" not in run.jobs["check"].log


def test_a_review_and_a_merge_group_run_the_whole_check(
    tmp_path: Path, repository: Repository
) -> None:
    world = make_world(tmp_path, repository)
    pull = opened(repository)
    review = replace(
        pull, name="pull_request_review", payload={**pull.payload, "action": "submitted"}
    )
    group = {"head_sha": repository.topic, "base_sha": repository.main}
    payload = {
        "action": "checks_requested",
        "merge_group": group,
        "repository": pull.payload["repository"],
    }
    queued = Event("merge_group", payload, repository.topic)
    for number, event in enumerate([review, queued]):
        run = run_workflow(CHECK, event, replace(world, run_id=100 + number))
        assert run.conclusion == "success"
        assert git(Path(call_of(run, "check")["cwd"]), "rev-parse", "HEAD") == repository.topic


ELSEWHERE = """
name: In another repository
on: pull_request
permissions: {}
jobs:
  check:
    runs-on: ubuntu-24.04
    permissions: {contents: read}
    steps:
      - uses: actions/checkout@v7
        with: {ref: "${{ github.event.pull_request.head.sha }}", persist-credentials: false}
      - uses: actions/checkout@v7
        with: {ref: main, path: action, persist-credentials: false}
      - uses: ./action
        with: {config: bot.yml, rehearsal-url: "postgresql://localhost/postgres"}
"""


def run_elsewhere(repository: Repository, world: World) -> Run:
    """A pull request at the top of the workspace, and the action in a place of its own."""
    path = repository.folder / "elsewhere.yml"
    path.write_text(ELSEWHERE, encoding="utf-8")
    return run_workflow(path, opened(repository), world)


def test_nothing_of_the_working_directory_is_importable(
    tmp_path: Path, repository: Repository
) -> None:
    run = run_elsewhere(repository, make_world(tmp_path, repository))
    assert run.conclusion == "success", run.jobs["check"].log
    call = call_of(run, "check")
    assert call["path"][0] == f"{call['cwd']}/action"
    assert call["cwd"] not in call["path"]
    assert call["environ"]["MIGRATION_BOT_CONFIG"] == "bot.yml"
    assert call["environ"]["MIGRATION_BOT_REHEARSAL_URL"] == "postgresql://localhost/postgres"


@pytest.mark.slow
def test_the_action_installs_exactly_what_its_lock_file_names(
    tmp_path: Path, repository: Repository
) -> None:
    importing = "import click, jinja2, postgast, psycopg, pydantic, github, yaml, sqlglot\n"
    git(repository.folder, "checkout", "--quiet", "main")
    write(repository.folder, "bot/__main__.py", importing + BOT)
    ready = replace(repository, main=commit(repository.folder, "Import everything"))
    world = replace(make_world(tmp_path, ready), before_job=lambda temporary: None)
    run = run_elsewhere(ready, world)
    assert run.conclusion == "success", run.jobs["check"].log
    (installed,) = [path for path in call_of(run, "check")["path"] if "site-packages" in path]
    assert str(tmp_path) in installed
    assert not (Path(installed) / "pip").exists()


def test_the_bot_is_told_which_action_it_is() -> None:
    environ = bot_step()["env"]
    told = {name: environ[f"MIGRATION_BOT_ACTION_{name}"] for name in ("REF", "REPOSITORY")}
    assert told == {
        "REF": "${{ github.action_ref }}",
        "REPOSITORY": "${{ github.action_repository }}",
    }


def keeping(world: World, calls: list[ActionCall], **answer: str) -> World:
    """The world with caches that note how they are asked, and answer as told."""

    def note(call: ActionCall) -> Mapping[str, str]:
        calls.append(call)
        return {"cache-primary-key": call.inputs["key"], **answer}

    kinds = ("actions/cache/restore", "actions/cache/save")
    return replace(world, stand_ins={**world.stand_ins, **dict.fromkeys(kinds, note)})


def test_what_a_rehearsal_kept_is_found_again_under_the_tip_of_the_base(
    tmp_path: Path, repository: Repository
) -> None:
    calls: list[ActionCall] = []
    world = keeping(make_world(tmp_path, repository), calls)
    run = run_workflow(CHECK, opened(repository), world)
    found, kept = calls
    assert (found.name, kept.name) == ("actions/cache/restore", "actions/cache/save")
    assert found.inputs["key"] == kept.inputs["key"]
    assert found.inputs["key"].endswith(f"-{repository.main}")
    assert found.inputs["key"].startswith(found.inputs["restore-keys"].strip())
    environ = call_of(run, "check")["environ"]
    assert environ["MIGRATION_BOT_CACHE"] == found.inputs["path"] == kept.inputs["path"]
    assert environ["RUNNER_TEMP"] in environ["MIGRATION_BOT_CACHE"]
    assert environ["MIGRATION_BOT_REHEARSAL_URL"] == ""


def test_it_is_kept_also_after_a_check_that_blocks(tmp_path: Path, repository: Repository) -> None:
    calls: list[ActionCall] = []
    world = keeping(make_world(tmp_path, repository), calls)
    git(repository.folder, "checkout", "--quiet", "main")
    write(repository.folder, "bot/__main__.py", "raise SystemExit(1)\n")
    commit(repository.folder, "Block")
    run = run_workflow(CHECK, opened(repository), world)
    assert run.conclusion == "failure"
    assert calls[-1].name == "actions/cache/save"


def test_nothing_is_kept_that_is_there_already(tmp_path: Path, repository: Repository) -> None:
    calls: list[ActionCall] = []
    world = keeping(make_world(tmp_path, repository), calls, **{"cache-hit": "true"})
    run_workflow(CHECK, opened(repository), world)
    assert [call.name for call in calls] == ["actions/cache/restore"]


def test_a_job_with_secrets_neither_reads_nor_writes_what_rehearsals_keep(
    tmp_path: Path, repository: Repository
) -> None:
    calls: list[ActionCall] = []
    world = keeping(make_world(tmp_path, repository), calls)
    run = run_workflow(DEPLOY, merged(repository), world)
    assert call_of(run, "staging")["environ"]["MIGRATION_BOT_TARGET"] == "staging"
    assert calls == []
