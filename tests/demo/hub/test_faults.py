"""Trouble on demand: refusals, limits and lost answers."""

from pathlib import Path
from typing import Any

import pytest
import requests
from github import Auth, Github, GithubException, GithubRetry
from github.Repository import Repository

from bot.demo.hub import Call, Hub
from tests.hub import SHOP
from tests.openapi.validator import OpenApiValidator


def bodies(hub: Hub, pull: int) -> list[str]:
    return [comment.body for comment in hub.state.repository(SHOP).pulls[pull].comments.values()]


def test_a_failure_does_nothing_and_passes(hub: Hub, repository: Repository, pull: int) -> None:
    mine = repository.get_pull(pull)
    hub.fail_next("POST", r"/issues/\d+/comments$", status=502, times=2)
    for _ in range(2):
        with pytest.raises(GithubException, match="502"):
            mine.create_issue_comment("x")
    assert bodies(hub, pull) == []
    mine.create_issue_comment("x")
    assert bodies(hub, pull) == ["x"]


def test_what_was_ordered_can_be_called_off(hub: Hub, repository: Repository) -> None:
    hub.fail_next("GET", "/pulls", status=500, times=9)
    with pytest.raises(GithubException, match="500"):
        list(repository.get_pulls())
    hub.recover()
    assert list(repository.get_pulls()) == []


def test_a_failure_concerns_only_what_it_matches(hub: Hub, repository: Repository) -> None:
    hub.fail_next("GET", "/deployments", status=500)
    assert list(repository.get_pulls()) == []
    with pytest.raises(GithubException, match="500"):
        list(repository.get_deployments())


def test_a_failure_says_what_it_is_told_to_say(hub: Hub, repository: Repository) -> None:
    body = {"message": "No luck", "documentation_url": "https://docs.github.com/rest"}
    hub.fail_next("*", "pulls", status=418, body=body, headers={"x-why": "tea"})
    with pytest.raises(GithubException, match="No luck") as caught:
        list(repository.get_pulls())
    assert (caught.value.headers or {})["x-why"] == "tea"
    assert hub.calls[-1].injected


def test_a_lost_answer_leaves_the_deed_done(hub: Hub, repository: Repository, pull: int) -> None:
    mine = repository.get_pull(pull)
    hub.drop_next("POST", "/comments")
    with pytest.raises(requests.ConnectionError):
        mine.create_issue_comment("once")
    assert bodies(hub, pull) == ["once"]
    assert (hub.calls[-1].status, hub.calls[-1].lost) == (201, True)
    assert [each.body for each in mine.get_issue_comments()] == ["once"]


def test_the_secondary_limit_asks_to_wait(hub: Hub, repository: Repository, pull: int) -> None:
    mine = repository.get_pull(pull)
    hub.limit_next("POST", "/comments", retry_after=7)
    with pytest.raises(GithubException, match="secondary rate limit") as caught:
        mine.create_issue_comment("x")
    assert caught.value.status == 403
    assert (caught.value.headers or {})["retry-after"] == "7"


def test_pygithub_waits_for_either_limit_and_goes_on(hub: Hub) -> None:
    token = hub.token(permissions={"pull_requests": "read"})
    retry = GithubRetry(total=2, secondary_rate_wait=0)
    with Github(base_url=hub.api_url, auth=Auth.Token(token), retry=retry, lazy=True) as client:
        hub.limit_next("GET", "/pulls", retry_after=0)
        hub.exhaust_next("GET", "/pulls", reset_in=-60)
        assert list(client.get_repo(SHOP).get_pulls()) == []
    assert [call.status for call in hub.calls] == [403, 403, 200]


def test_calls_are_recorded_with_their_owner(hub: Hub, repository: Repository, pull: int) -> None:
    repository.get_pull(pull).create_issue_comment("x")
    call = hub.calls[-1]
    assert (call.method, call.path) == ("POST", f"/repos/{SHOP}/issues/{pull}/comments")
    assert (call.status, call.owner) == (201, "github-actions[bot]")
    assert call.request_body == {"body": "x"}
    assert call.response_body["body"] == "x"


def test_the_hub_tells_its_own_faults_when_it_stops(tmp_path: Path) -> None:
    def stumble(call: Call) -> None:
        raise ZeroDivisionError("over the carpet")

    def visit() -> None:
        with Hub(tmp_path, on_call=stumble) as hub:
            assert requests.get(f"{hub.api_url}/rate_limit", timeout=5).status_code == 500

    with pytest.raises(RuntimeError, match="over the carpet"):
        visit()


def test_a_stopped_hub_lets_go_of_its_port(tmp_path: Path) -> None:
    with Hub(tmp_path) as hub:
        url = hub.api_url
        with requests.Session() as session:
            session.get(f"{url}/rate_limit", timeout=5)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/rate_limit", timeout=5)
    with pytest.raises(RuntimeError, match="no address"):
        _ = hub.api_url


def test_what_is_no_json_is_refused(hub: Hub, pull: int, validator: OpenApiValidator) -> None:
    token = hub.token(permissions={"issues": "write"})
    answer = requests.post(
        f"{hub.api_url}/repos/{SHOP}/issues/{pull}/comments",
        headers={"authorization": f"token {token}"},
        data=b"{",
        timeout=5,
    )
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")
    assert "request" in " ".join(validator.forgive())


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/commits", {"until": "2026-01-01T00:00:00Z"}, None),
        ("PATCH", "/issues/1", {}, {"assignees": ["mia"]}),
    ],
)
def test_what_the_hub_would_overlook_is_a_fault_of_the_hub(
    tmp_path: Path, method: str, path: str, query: dict[str, str], body: Any
) -> None:
    hub = Hub(tmp_path)
    hub.start()
    hub.create_repository(SHOP, files={"a": "a"})
    hub.push(SHOP, "b", {"b": "b"}, author="ada")
    hub.open_pull_request(SHOP, author="ada", head="b", title="B")
    token = hub.token(permissions={"contents": "read", "pull_requests": "write"})
    url, headers = f"{hub.api_url}/repos/{SHOP}{path}", {"authorization": f"token {token}"}
    answer = requests.request(method, url, params=query, json=body, headers=headers, timeout=5)
    [crash] = hub.stop()
    assert answer.status_code == 500
    assert "does not act on" in crash
