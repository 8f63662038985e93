"""Deployments and environments, through PyGithub."""

import pytest
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.hub import SHOP
from tests.openapi.validator import OpenApiValidator


def test_a_deployment_is_made_and_followed(repository: Repository) -> None:
    made = repository.create_deployment(
        "main", environment="staging", payload={"digest": "sha256:1"}, required_contexts=[]
    )
    made.create_status("in_progress", description="Applying")
    made.create_status(
        "success", environment_url="https://staging.example", target_url="https://ci.example/1"
    )
    read = repository.get_deployment(made.id)
    assert (read.environment, read.payload) == ("staging", {"digest": "sha256:1"})
    assert read.creator.login == "github-actions[bot]"
    newest, oldest = read.get_statuses()
    assert (newest.state, oldest.state) == ("success", "in_progress")
    assert newest.environment_url == "https://staging.example"
    assert read.get_status(newest.id).target_url == "https://ci.example/1"


def test_deployments_are_listed_newest_first_and_by_filter(repository: Repository) -> None:
    sha = repository.get_branch("main").commit.sha
    staging = repository.create_deployment("main", environment="staging", task="migrate")
    production = repository.create_deployment(sha, environment="production")

    def ids(**asked: str) -> list[int]:
        return [each.id for each in repository.get_deployments(**asked)]

    assert ids() == [production.id, staging.id]
    assert ids(environment="staging") == [staging.id]
    assert ids(ref="main") == [staging.id]
    assert ids(sha=sha, task="deploy") == [production.id]
    assert ids(environment="nowhere") == []


@pytest.mark.slow
def test_deployments_come_in_pages(repository: Repository) -> None:
    for _ in range(101):
        repository.create_deployment("main", environment="staging")
    assert len(list(repository.get_deployments())) == 101


def test_a_success_retires_what_was_there_before_except_in_production(
    repository: Repository,
) -> None:
    def newest_state(environment: str) -> str:
        old, new = (repository.create_deployment("main", environment=environment) for _ in "12")
        old.create_status("success")
        new.create_status("success")
        return old.get_statuses()[0].state

    assert newest_state("staging") == "inactive"
    assert newest_state("production") == "success"


def test_a_red_commit_is_not_deployed_unless_its_contexts_are_waived(
    repository: Repository,
) -> None:
    tip = repository.get_branch("main").commit
    repository.create_check_run("this very workflow", tip.sha, status="in_progress")
    with pytest.raises(GithubException, match="Commit status checks failed for main"):
        repository.create_deployment("main", environment="staging")
    made = repository.create_deployment("main", environment="staging", required_contexts=[])
    assert made.sha == tip.sha


def test_a_branch_that_is_behind_is_merged_instead_of_deployed(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.push(SHOP, "main", {"later.txt": "later"}, author="mia")
    old = repository.get_pull(pull).head.sha
    repository.create_deployment("second", environment="staging", auto_merge=True)
    assert hub.calls[-1].status == 202
    assert repository.get_branch("second").commit.sha != old
    made = repository.create_deployment(old, environment="staging", auto_merge=True)
    assert made.sha == old


def test_a_missing_ref_or_state_is_refused(
    repository: Repository, validator: OpenApiValidator
) -> None:
    with pytest.raises(GithubException, match="No ref found"):
        repository.create_deployment("nowhere")
    made = repository.create_deployment("main")
    with pytest.raises(GithubException, match="not a member"):
        made.create_status("splendid")
    assert validator.forgive()
    with pytest.raises(UnknownObjectException):
        _ = repository.get_deployment(1).sha
    with pytest.raises(UnknownObjectException):
        _ = made.get_status(1).state


def test_deploying_makes_the_environment(repository: Repository) -> None:
    repository.create_deployment("main", environment="staging/eu")
    assert [each.name for each in repository.get_environments()] == ["staging/eu"]
    assert repository.get_environment("staging/eu").protection_rules == []


def test_an_environment_tells_who_must_agree(hub: Hub, repository: Repository) -> None:
    hub.create_environment(
        SHOP,
        "production",
        reviewers=["mia"],
        wait_minutes=5,
        prevent_self_review=True,
        protected_branches=True,
    )
    found = repository.get_environment("production")
    wait, reviewers, branches = found.protection_rules
    assert (wait.type, wait.wait_timer) == ("wait_timer", 5)
    assert [each.raw_data["reviewer"]["login"] for each in reviewers.reviewers] == ["mia"]
    assert branches.type == "branch_policy"
    assert found.deployment_branch_policy.protected_branches
    with pytest.raises(UnknownObjectException):
        _ = repository.get_environment("nowhere").id
