"""Workflow runs and their artifacts."""

from typing import Any

import pytest
import requests
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from bot.demo.hub.records import WorkflowRun
from bot.demo.hub.refusal import Refusal
from tests.demo.hub.conftest import Connect
from tests.hub import SECOND, SHOP

CHECK = ".github/workflows/check.yml"
DEPLOY = ".github/workflows/deploy.yml"


@pytest.fixture
def run(hub: Hub, pull: int) -> WorkflowRun:
    """A run of the check for the pull request's opening, which is over."""
    return hub.record_run(hub.events[-1], workflow=CHECK, conclusion="success")


def listed(repository: Repository, **filters: Any) -> list[int]:
    return [run.id for run in repository.get_workflow_runs(**filters)]


def test_a_run_is_about_the_head_and_made_when_github_saw_it(
    hub: Hub, repository: Repository, run: WorkflowRun
) -> None:
    found = repository.get_workflow_run(run.id)
    head = hub.repository(SHOP).pulls[1].head_sha
    assert (found.head_sha, found.head_branch, found.event) == (head, "second", "pull_request")
    assert (found.status, found.conclusion, found.run_attempt) == ("completed", "success", 1)
    assert found.created_at.replace(tzinfo=None) == run.created_at.replace(tzinfo=None)
    assert (found.path, found.actor.login) == (CHECK, "ada")
    assert [each.number for each in found.pull_requests] == [1]


def test_runs_are_found_by_what_they_are_about(
    hub: Hub, repository: Repository, run: WorkflowRun
) -> None:
    [push] = hub.push(SHOP, "main", {"a": "a"}, author="mia")
    later = hub.record_run(push, workflow=DEPLOY)
    assert listed(repository) == [later.id, run.id]
    assert listed(repository, head_sha=run.head_sha) == [run.id]
    assert listed(repository, event="push") == [later.id]
    assert listed(repository, branch="second") == [run.id]
    assert listed(repository, status="in_progress") == [later.id]
    assert listed(repository, status="success") == [run.id]
    with pytest.raises(UnknownObjectException):
        _ = repository.get_workflow_run(1).event


def test_the_end_of_a_run_is_told_on_the_default_branch(hub: Hub, run: WorkflowRun) -> None:
    event = hub.events[-1]
    assert (event.name, event.action, event.ref) == ("workflow_run", "completed", "refs/heads/main")
    told = event.payload["workflow_run"]
    assert (told["id"], told["conclusion"], told["head_sha"]) == (run.id, "success", run.head_sha)
    assert event.payload["workflow"]["path"] == CHECK


def test_a_run_for_a_fork_tells_of_no_pull_request(hub: Hub) -> None:
    hub.fork(SHOP, author="zoe")
    hub.push("zoe/shop", "mine", {SECOND: "SELECT 1;\n"}, author="zoe")
    opened = hub.open_pull_request(
        SHOP, author="zoe", head="mine", head_repository="zoe/shop", title="F"
    )
    hub.record_run(opened, workflow=CHECK, conclusion="failure")
    told = hub.events[-1].payload["workflow_run"]
    assert told["pull_requests"] == []
    assert told["head_repository"]["full_name"] == "zoe/shop"
    assert told["repository"]["full_name"] == SHOP


def test_a_new_attempt_keeps_when_the_run_was_made(
    hub: Hub, connect: Connect, repository: Repository, run: WorkflowRun
) -> None:
    made = run.created_at
    assert connect("mia", actions="write").get_workflow_run(run.id).rerun()
    assert (run.attempt, run.status, run.triggering_actor.login) == (2, "queued", "mia")
    assert not repository.get_workflow_run(run.id).rerun_failed_jobs()
    again = hub.record_run(hub.events[0], workflow=CHECK, run_id=run.id, conclusion="success")
    assert (again.attempt, again.created_at, again.number) == (2, made, 1)
    third = hub.record_run(hub.events[0], workflow=CHECK, run_id=run.id)
    assert (third.attempt, third.conclusion) == (3, None)


def test_a_workflow_is_started_through_the_api(hub: Hub, connect: Connect) -> None:
    hub.push(SHOP, "main", {DEPLOY: "on: workflow_dispatch\n"}, author="mia")
    asked = {"ref": "main", "inputs": {"target": "staging"}}
    place = f"/repos/{SHOP}/actions/workflows"
    client = connect(actions="write").requester
    assert client.requestJson("POST", f"{place}/deploy.yml/dispatches", input=asked)[0] == 204
    event = hub.events[-1]
    assert (event.name, event.actor) == ("workflow_dispatch", "github-actions[bot]")
    assert event.payload["inputs"] == {"target": "staging"}
    assert client.requestJson("POST", f"{place}/other.yml/dispatches", input=asked)[0] == 404
    nowhere = {"ref": "nowhere"}
    assert client.requestJson("POST", f"{place}/deploy.yml/dispatches", input=nowhere)[0] == 422


def fetch(hub: Hub, address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers=headers, timeout=5, allow_redirects=False)


def test_an_artifact_is_read_from_a_store_that_knows_no_token(
    hub: Hub, repository: Repository, run: WorkflowRun
) -> None:
    kept = hub.keep_artifact(SHOP, run.id, "migration-report", b"PK zip")
    [found] = repository.get_workflow_run(run.id).get_artifacts()
    assert (found.id, found.name, found.size_in_bytes) == (kept.id, "migration-report", 6)
    assert found.workflow_run.head_sha == run.head_sha
    token = f"token {hub.token(permissions={'actions': 'read'})}"
    sent_on = fetch(hub, found.archive_download_url, authorization=token)
    assert sent_on.status_code == 302
    address = sent_on.headers["location"]
    assert fetch(hub, address).content == b"PK zip"
    assert fetch(hub, address, authorization=token).status_code == 401
    assert fetch(hub, f"{address}x").status_code == 403
    # a client that follows keeps its token to itself
    whole = requests.get(found.archive_download_url, headers={"authorization": token}, timeout=5)
    assert whole.content == b"PK zip"
    assert repository.get_artifact(kept.id).name == "migration-report"


def test_an_artifact_that_expired_is_gone(
    hub: Hub, repository: Repository, run: WorkflowRun
) -> None:
    kept = hub.keep_artifact(SHOP, run.id, "migration-report", b"PK zip")
    kept.expired = True
    found = repository.get_artifact(kept.id)
    assert found.expired
    token = f"token {hub.token(permissions={'actions': 'read'})}"
    assert fetch(hub, found.archive_download_url, authorization=token).status_code == 410


def test_an_attempt_has_one_artifact_of_a_name(hub: Hub, run: WorkflowRun) -> None:
    hub.keep_artifact(SHOP, run.id, "report", b"1")
    with pytest.raises(Refusal, match="already exists"):
        hub.keep_artifact(SHOP, run.id, "report", b"2")
    hub.record_run(hub.events[0], workflow=CHECK, run_id=run.id)
    assert hub.keep_artifact(SHOP, run.id, "report", b"2").attempt == 2


@pytest.mark.parametrize("permission", [{"actions": "read"}, {"contents": "write"}])
def test_a_token_needs_the_permission_for_actions(
    connect: Connect, run: WorkflowRun, permission: dict[str, str]
) -> None:
    mine = connect(**permission)
    if permission == {"actions": "read"}:
        assert listed(mine) == [run.id]
        assert not mine.get_workflow_run(run.id).rerun()
    else:
        with pytest.raises(GithubException, match="not accessible"):
            listed(mine)


def test_the_check_of_an_app_is_asked_for_again(hub: Hub, connect: Connect, pull: int) -> None:
    head = hub.repository(SHOP).pulls[pull].head_sha
    made = connect("bot[bot]", checks="write").create_check_run("Migrations", head)
    event = hub.rerequest(SHOP, made.id, author="ada")
    check_run = event.payload["check_run"]
    assert (event.name, event.action, event.actor) == ("check_run", "rerequested", "ada")
    assert (check_run["name"], check_run["head_sha"]) == ("Migrations", head)
    assert check_run["check_suite"]["head_branch"] == "second"
    assert [each["number"] for each in check_run["pull_requests"]] == [pull]
    suite = hub.rerequest_suite(SHOP, "bot[bot]", head, author="ada")
    assert (suite.name, suite.action) == ("check_suite", "rerequested")


def test_an_app_asks_for_its_own_check_again(hub: Hub, connect: Connect, pull: int) -> None:
    head = hub.repository(SHOP).pulls[pull].head_sha
    app = connect("bot[bot]", checks="write")
    place = f"/repos/{SHOP}/check-runs/{app.create_check_run('Migrations', head).id}/rerequest"
    assert app.requester.requestJson("POST", place)[0] == 201
    assert hub.events[-1].name == "check_run"
    assert connect("other[bot]", checks="write").requester.requestJson("POST", place)[0] == 403


def test_a_check_of_github_actions_is_run_again_as_a_job(
    hub: Hub, repository: Repository, pull: int
) -> None:
    head = hub.repository(SHOP).pulls[pull].head_sha
    made = repository.create_check_run("Migrations", head)
    with pytest.raises(Refusal):
        hub.rerequest(SHOP, made.id, author="ada")
