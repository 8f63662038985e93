"""The deploy workflow, executed as it ships."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import Event, JobResult, Request, run_workflow
from tests.harness.stand_ins import git
from tests.workflows.files import ROOT, bot_step
from tests.workflows.trial import (
    BOT,
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
    assert [name for name, job in run.jobs.items() if job.result != "skipped"] == [
        "staging",
        "production",
    ]
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
        "shards": "",
        "findings": "0",
        "target": "",
        "work": "",
        "risk": "",
        "migrations": "",
        "applied": "",
        "comment-url": "",
        "check-run-url": "",
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
    assert {name: job.result for name, job in run.jobs.items() if job.result != "skipped"} == {
        "staging": "failure",
    }


def test_a_fleet_is_spread_over_a_matrix_and_then_looked_at_as_a_whole(
    tmp_path: Path, repository: Repository
) -> None:
    git(repository.folder, "checkout", "--quiet", "main")
    write(repository.folder, "fleet", "")
    fleet = replace(repository, main=commit(repository.folder, "Be many"))
    run = run_workflow(DEPLOY, merged(fleet), make_world(tmp_path, fleet))
    assert list(run.jobs)[1:5] == ["staging", "staging_slices", "staging_rest", "production"]
    slices = run.jobs["staging_slices"]
    assert [call_of_leg(leg)["MIGRATION_BOT_SHARD"] for leg in slices.legs] == ["1/2", "2/2"]
    assert [leg.concurrency for leg in slices.legs] == [
        "migration-deploy-staging-1/2",
        "migration-deploy-staging-2/2",
    ]
    assert json.loads(call_of_leg(slices)["GITHUB_TOKEN"])["deployments"] == "read"
    assert call_of_leg(run.jobs["staging_rest"])["MIGRATION_BOT_SHARD"] == "all"
    # The trial's bot finds production closed: nothing of it is spread.
    assert run.jobs["production_slices"].result == run.jobs["production_rest"].result == "skipped"


def call_of_leg(job: JobResult) -> dict[str, str]:
    line = next(line for line in job.log.splitlines() if line.startswith("called "))
    environ: dict[str, str] = json.loads(line.removeprefix("called "))["environ"]
    return environ


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


@pytest.mark.slow
@pytest.mark.parametrize("target", ["staging", "production"])
def test_a_comment_that_asks_for_a_target_starts_that_targets_job_alone(
    tmp_path: Path, repository: Repository, target: str
) -> None:
    git(repository.folder, "checkout", "--quiet", "main")
    bot = f"{BOT}".replace('"shards=', '"shards_=').replace(
        "sys.exit", "outputs_for_command()\nsys.exit"
    )
    answer = "\n".join(
        [
            "import os",
            "def outputs_for_command():",
            "    if not os.environ['MIGRATION_BOT_TARGET']:",
            "        with open(os.environ['GITHUB_OUTPUT'], 'a') as outputs:",
            f"            outputs.write('target={target}\\nwork=unlock\\n')",
        ]
    )
    write(repository.folder, "bot/__main__.py", f"{answer}\n{bot}")
    heard = replace(repository, main=commit(repository.folder, "Hear"))
    run = run_workflow(DEPLOY, commented(heard, "/migrate unlock"), make_world(tmp_path, heard))
    done = {name: job.result for name, job in run.jobs.items() if job.result != "skipped"}
    assert set(done) == {"command", target}
    assert run.jobs[target].concurrency == f"migration-deploy-{target}-unlock"
    assert json.loads(call_of(run, "command")["environ"]["GITHUB_TOKEN"])["actions"] == "write"


def test_other_comments_start_no_job(tmp_path: Path, repository: Repository) -> None:
    event = commented(repository, "looks good to me")
    run = run_workflow(DEPLOY, event, make_world(tmp_path, repository))
    assert {job.result for job in run.jobs.values()} == {"skipped"}


def commented(repository: Repository, body: str) -> Event:
    payload = {
        "action": "created",
        "issue": {"number": 7, "pull_request": {"url": "https://api.github.com/pulls/7"}},
        "comment": {"id": 1, "body": body},
    }
    return Event("issue_comment", payload, repository.main)
