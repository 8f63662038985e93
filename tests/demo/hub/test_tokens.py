"""Who may do what with a token, and what those hear who may not."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from github import BadCredentialsException, GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import Connect, client_for
from tests.hub import EVERYTHING, FIRST, SHOP

Deed = Callable[[Repository], Any]

DEEDS: list[tuple[str, Deed]] = [
    ("actions=read", lambda at: list(at.get_environments())),
    ("actions=read", lambda at: list(at.get_workflow_runs())),
    ("contents=read", lambda at: at.get_git_commit(at.get_branch("main").commit.sha).message),
    ("issues=read", lambda at: list(at.get_issue(1).get_events())),
    ("issues=write", lambda at: at.create_label("x", "ffffff")),
    ("pull_requests=read", lambda at: list(at.get_pull(1).get_review_comments())),
    ("pull_requests=write", lambda at: at.get_issue(1).edit(title="x")),
    ("checks=read", lambda at: list(at.get_commit("main").get_check_runs())),
    ("checks=write", lambda at: at.create_check_run("x", at.get_branch("main").commit.sha)),
    ("contents=read", lambda at: at.get_contents(FIRST)),
    ("contents=read", lambda at: list(at.get_commits())),
    ("contents=read", lambda at: at.get_git_tree("main").sha),
    ("deployments=read", lambda at: list(at.get_deployments())),
    ("deployments=write", lambda at: at.create_deployment("main")),
    ("issues=read", lambda at: list(at.get_issue(1).get_comments())),
    ("issues=write", lambda at: at.get_issue(1).create_comment("x")),
    ("pull_requests=read", lambda at: list(at.get_pulls())),
    ("pull_requests=read", lambda at: list(at.get_pull(1).get_files())),
    ("pull_requests=read", lambda at: list(at.get_pull(1).get_issue_comments())),
    ("pull_requests=write", lambda at: at.get_issue(1).create_comment("x")),
    ("pull_requests=write", lambda at: at.get_pull(1).create_review(event="COMMENT", body="x")),
    ("statuses=write", lambda at: at.get_commit("main").create_status("success")),
]


@pytest.mark.parametrize(("need", "deed"), DEEDS, ids=[need for need, _ in DEEDS])
def test_a_deed_needs_its_permission_and_no_other(
    hub: Hub, connect: Connect, pull: int, need: str, deed: Deed
) -> None:
    permission, _, level = need.partition("=")
    extra = {"contents": "read"} if "checks=w" in need else {}
    deed(connect(**{permission: level}, **extra))
    others = {name: "write" for name in EVERYTHING if name != permission}
    alike = {"issues", "pull_requests"}
    # a conversation answers to either of two permissions
    others = {k: v for k, v in others.items() if not (permission in alike and k in alike)}
    with pytest.raises(GithubException, match="Resource not accessible by integration") as caught:
        deed(connect(**others))
    headers = caught.value.headers or {}
    assert need in headers["x-accepted-github-permissions"]


def test_reading_is_not_writing(connect: Connect, pull: int) -> None:
    reader = connect(pull_requests="read", contents="read")
    with pytest.raises(GithubException, match="403"):
        reader.get_pull(pull).create_issue_comment("x")


def test_a_workflows_spelling_of_a_permission_is_understood(hub: Hub, pull: int) -> None:
    token = hub.token(permissions={"pull-requests": "write"})
    with client_for(hub, token) as client:
        client.get_repo(SHOP).get_pull(pull).create_issue_comment("x")


def test_an_unknown_level_is_a_mistake_in_the_test(hub: Hub) -> None:
    with pytest.raises(ValueError, match="not wirte"):
        hub.token(permissions={"issues": "wirte"})


def test_a_public_repository_is_read_without_permissions(hub: Hub) -> None:
    hub.create_repository("acme/open", files={"a": "a"}, private=False)
    with client_for(hub, hub.token(permissions={})) as client:
        at = client.get_repo("acme/open")
        assert list(at.get_pulls()) == []
        with pytest.raises(GithubException, match="403"):
            at.create_deployment("main")


def test_a_person_may_do_no_more_than_their_role(hub: Hub, connect: Connect) -> None:
    hub.set_role(SHOP, "ron", "read")
    with pytest.raises(GithubException, match="Resource not accessible by personal access token"):
        connect("ron").create_deployment("main")
    connect("ada").create_deployment("main")


def test_a_private_repository_does_not_exist_for_strangers(hub: Hub, connect: Connect) -> None:
    with pytest.raises(UnknownObjectException):
        list(connect("stranger").get_pulls())
    token = hub.token(permissions=EVERYTHING, repositories=["acme/other"])
    with client_for(hub, token) as client, pytest.raises(UnknownObjectException):
        client.get_repo(SHOP)


def test_a_wrong_token_is_bad_credentials(hub: Hub) -> None:
    with client_for(hub, "wrong") as client, pytest.raises(BadCredentialsException):
        client.get_repo(SHOP)
    answer = requests.get(f"{hub.api_url}/repos/{SHOP}", timeout=5)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Bad credentials"
    assert answer.json()["documentation_url"].startswith("https://docs.github.com/rest")


def test_every_answer_tells_what_is_left_of_the_rate_limit(hub: Hub) -> None:
    token = hub.token(permissions={})
    headers = {"authorization": f"token {token}"}
    answers = [requests.get(f"{hub.api_url}/rate_limit", headers=headers, timeout=5) for _ in "12"]
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == ["4999", "4998"]
    assert answers[0].headers["x-ratelimit-limit"] == "5000"
    assert int(answers[0].headers["x-ratelimit-reset"]) > 0
    assert answers[0].headers["x-github-request-id"] != answers[1].headers["x-github-request-id"]


def test_a_version_of_the_api_that_does_not_exist_is_refused(hub: Hub) -> None:
    token = hub.token(permissions={})
    headers = {"authorization": f"token {token}", "x-github-api-version": "1999-01-01"}
    assert requests.get(f"{hub.api_url}/rate_limit", headers=headers, timeout=5).status_code == 400
    headers["x-github-api-version"] = "2026-03-10"
    answer = requests.get(f"{hub.api_url}/rate_limit", headers=headers, timeout=5)
    assert answer.headers["x-github-api-version-selected"] == "2026-03-10"


def test_a_token_is_never_recorded(hub: Hub, repository: Repository, pull: int) -> None:
    repository.get_pull(pull).create_issue_comment("x")
    assert all(secret not in repr(hub.calls) for secret in hub.state.tokens)
