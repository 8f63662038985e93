"""The deploy workflow, executed as it ships."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import Event, Request, run_workflow
from tests.harness.stand_ins import git
from tests.workflows.files import ROOT, bot_step
from tests.workflows.trial import (
    Repository,
    call_of,
    commit,
    make_world,
    merged,
    write,
)

DEPLOY = ROOT / ".github/workflows/migration-deploy.yml"


def test_a_merge_goes_to_staging_and_then_to_production(
    tmp_path: Path, repository: Repository
) -> None:
    run = run_workflow(DEPLOY, merged(repository), make_world(tmp_path, repository))
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
    run = run_workflow(DEPLOY, merged(repository), make_world(tmp_path, repository))
    apply = run.jobs["production"].steps[-1]
    concluded = {step.name: step.conclusion for step in apply.inner}
    assert concluded[bot_step()["name"]] == "failure"
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
    run = run_workflow(DEPLOY, merged(repository), world)
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
    run = run_workflow(DEPLOY, merged(broken), world)
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
    run = run_workflow(DEPLOY, event, world)
    assert (run.jobs["staging"].result, run.jobs["production"].result) == results


def test_a_push_without_migrations_deploys_nothing(tmp_path: Path, repository: Repository) -> None:
    event = replace(merged(repository), changed=("README.md",))
    world = make_world(tmp_path, repository)
    assert not run_workflow(DEPLOY, event, world).triggered
