"""The workflows and the action that ship, executed with a bot that notes how it was called."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import (
    Environment,
    Event,
    Request,
    Run,
    World,
    checkout_from,
    never,
    nothing,
    run_workflow,
)
from tests.harness.preinstalled import preinstalled
from tests.harness.stand_ins import git
from tests.workflows.files import ROOT

BOT = """
import json, os, sys
state = {"argv": sys.argv[1:], "cwd": os.getcwd(), "path": sys.path, "environ": dict(os.environ)}
print("called", json.dumps(state))
with open(os.environ["GITHUB_OUTPUT"], "a") as outputs:
    outputs.write("verdict=pass\\ndigest=sha256:0\\nstate=success\\nfindings=0\\n")
with open(os.environ["GITHUB_STEP_SUMMARY"], "a") as summary:
    summary.write("judged by the default branch\\n")
sys.exit(3 if os.environ["MIGRATION_BOT_TARGET"] == os.environ.get("CLOSED", "production") else 0)
"""
HOSTILE = "raise SystemExit('code of the pull request was run')\n"
WORKFLOWS = ROOT / ".github" / "workflows"


@dataclass(frozen=True)
class Repository:
    """A repository with this action in it, and a branch that tries to be run."""

    folder: Path
    main: str
    topic: str


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for name in "action.yml", "requirements.txt":
        shutil.copy(ROOT / name, folder / name)
    write(folder, "bot/__init__.py", "")
    write(folder, "bot/__main__.py", BOT)
    write(folder, "prisma/migrations/20240101000000_a/migration.sql", "SELECT 1;\n")
    main = commit(folder, "Start")
    git(folder, "checkout", "--quiet", "-b", "topic")
    for name in "bot/__main__", "bot/__init__", "venv", "pip", "json", "sitecustomize":
        write(folder, f"{name}.py", HOSTILE)
    write(folder, "action.yml", "name: hostile")
    return Repository(folder, main, commit(folder, "Try to be run"))


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    author = ["-c", "user.name=Octocat", "-c", "user.email=octocat@example.com"]
    git(folder, *author, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def make_world(tmp_path: Path, repository: Repository) -> World:
    def environment(name: str, url: str) -> Environment:
        return Environment(secrets={f"{name}_DATABASE_URL": url, "UNNAMED": "canary"})

    return World(
        folder=tmp_path / "runs",
        stand_ins={
            "actions/checkout": checkout_from(repository.folder),
            "actions/setup-python": never,
            "actions/cache": nothing,
        },
        token=json.dumps,
        api_url="http://127.0.0.1:9",
        environments={
            "staging": environment("STAGING", "postgresql://staging"),
            "production": environment("PRODUCTION", "postgresql://production"),
        },
        search_path=f"{Path(sys.base_prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        before_job=preinstalled(ROOT / "requirements.txt"),
    )


def opened(repository: Repository) -> Event:
    pull = {
        "number": 7,
        "head": {"sha": repository.topic, "repo": {"full_name": "octo/platform"}},
        "base": {"sha": repository.main, "ref": "main"},
    }
    payload = {
        "action": "opened",
        "pull_request": pull,
        "repository": {"default_branch": "main", "full_name": "octo/platform"},
    }
    return Event(
        "pull_request", payload, repository.topic, ref="refs/pull/7/merge", base_ref="main"
    )


def merged(repository: Repository) -> Event:
    changed = ("prisma/migrations/20240101000000_a/migration.sql",)
    return Event("push", {"after": repository.main}, repository.main, changed=changed)


def call_of(run: Run, job: str) -> Mapping[str, Any]:
    line = next(line for line in run.jobs[job].log.splitlines() if line.startswith("called "))
    call: Mapping[str, Any] = json.loads(line.removeprefix("called "))
    return call


def test_a_pull_request_is_judged_by_the_bot_of_the_default_branch(
    tmp_path: Path, repository: Repository
) -> None:
    world = make_world(tmp_path, repository)
    run = run_workflow(WORKFLOWS / "migration-check.yml", opened(repository), world)
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
    run = run_workflow(WORKFLOWS / "migration-check.yml", opened(repository), world)
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
    run = run_workflow(WORKFLOWS / "migration-check.yml", opened(repository), world)
    environ = call_of(run, "check")["environ"]
    granted = {"contents": "read", "pull-requests": "write"}
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
        run = run_workflow(
            WORKFLOWS / "migration-check.yml", event, replace(world, run_id=100 + number)
        )
        assert run.conclusion == "success"
        assert git(Path(call_of(run, "check")["cwd"]), "rev-parse", "HEAD") == repository.topic


def test_a_merge_goes_to_staging_and_then_to_production(
    tmp_path: Path, repository: Repository
) -> None:
    run = run_workflow(
        WORKFLOWS / "migration-deploy.yml", merged(repository), make_world(tmp_path, repository)
    )
    assert list(run.jobs) == ["staging", "production"]
    assert run.jobs["staging"].result == "success"
    for target, other in ("staging", "production"), ("production", "staging"):
        environ = call_of(run, target)["environ"]
        assert environ["MIGRATION_BOT_TARGET"] == target
        assert environ[f"{target.upper()}_DATABASE_URL"] == f"postgresql://{target}"
        assert f"{other.upper()}_DATABASE_URL" not in environ
        assert json.loads(environ["GITHUB_TOKEN"])["deployments"] == "write"
        assert run.jobs[target].concurrency == f"migration-deploy-{target}"


def test_the_bots_exit_status_is_the_steps_own(tmp_path: Path, repository: Repository) -> None:
    run = run_workflow(
        WORKFLOWS / "migration-deploy.yml", merged(repository), make_world(tmp_path, repository)
    )
    apply = run.jobs["production"].steps[-1]
    assert [step.conclusion for step in apply.inner][-1] == "failure"
    assert apply.outputs == {
        "verdict": "pass",
        "digest": "sha256:0",
        "state": "success",
        "findings": "0",
    }


def test_production_is_not_entered_without_its_reviewer(
    tmp_path: Path, repository: Repository
) -> None:
    asked: list[Request] = []

    def refuse(request: Request) -> bool:
        asked.append(request)
        return False

    world = make_world(tmp_path, repository)
    production = replace(world.environments["production"], protection=refuse)
    world = replace(world, environments={**world.environments, "production": production})
    run = run_workflow(WORKFLOWS / "migration-deploy.yml", merged(repository), world)
    assert [(request.job, request.environment) for request in asked] == [
        ("production", "production")
    ]
    assert run.jobs["staging"].result == "success"
    assert run.jobs["production"].steps == ()


def test_after_a_failure_on_staging_production_is_left_alone(
    tmp_path: Path, repository: Repository
) -> None:
    git(repository.folder, "checkout", "--quiet", "main")
    write(repository.folder, "bot/__main__.py", "raise SystemExit(4)\n")
    broken = replace(repository, main=commit(repository.folder, "Break"))
    world = make_world(tmp_path, broken)
    run = run_workflow(WORKFLOWS / "migration-deploy.yml", merged(broken), world)
    assert {name: job.result for name, job in run.jobs.items()} == {
        "staging": "failure",
        "production": "skipped",
    }


@pytest.mark.parametrize(
    ("target", "ref", "results"),
    [
        ("all", "refs/heads/main", ("success", "failure")),
        ("staging", "refs/heads/main", ("success", "skipped")),
        ("production", "refs/heads/main", ("skipped", "failure")),
        ("all", "refs/heads/topic", ("skipped", "skipped")),
        ("production", "refs/heads/topic", ("skipped", "skipped")),
    ],
)
def test_a_run_started_by_hand_goes_where_it_was_told(
    tmp_path: Path, repository: Repository, target: str, ref: str, results: tuple[str, str]
) -> None:
    event = Event("workflow_dispatch", {}, repository.main, ref=ref, inputs={"target": target})
    world = make_world(tmp_path, repository)
    run = run_workflow(WORKFLOWS / "migration-deploy.yml", event, world)
    assert (run.jobs["staging"].result, run.jobs["production"].result) == results


def test_a_push_without_migrations_deploys_nothing(tmp_path: Path, repository: Repository) -> None:
    event = replace(merged(repository), changed=("README.md",))
    world = make_world(tmp_path, repository)
    assert not run_workflow(WORKFLOWS / "migration-deploy.yml", event, world).triggered


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
        with: {config: bot.yml}
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
