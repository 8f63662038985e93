"""Teams, through PyGithub."""

import pytest
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import client_for
from tests.hub import SHOP


@pytest.fixture(autouse=True)
def dba(hub: Hub) -> None:
    hub.create_team("acme", "dba", ["grace", "mia"], name="Database people")


def test_a_team_tells_its_members(hub: Hub) -> None:
    token = hub.token("bot[bot]", permissions={"members": "read"})
    with client_for(hub, token) as client:
        team = client.requester.requestJsonAndCheck("GET", "/orgs/acme/teams/dba")[1]
        people = client.requester.requestJsonAndCheck("GET", "/orgs/acme/teams/dba/members")[1]
        place = "/orgs/acme/teams/dba/memberships"
        grace = client.requester.requestJsonAndCheck("GET", f"{place}/grace")[1]
        with pytest.raises(UnknownObjectException):
            client.requester.requestJsonAndCheck("GET", f"{place}/ada")
    assert (team["name"], team["members_count"]) == ("Database people", 2)
    assert [each["login"] for each in people] == ["grace", "mia"]
    assert (grace["role"], grace["state"]) == ("maintainer", "active")


@pytest.mark.parametrize(
    ("login", "permissions", "status"),
    [
        ("github-actions[bot]", {"contents": "read"}, 403),
        ("ada", {"members": "read"}, 404),
        ("mia", {"members": "read"}, 200),
        ("mia", {"contents": "read"}, 403),
    ],
)
def test_only_those_who_may_see_the_members_of_an_organisation_see_a_team(
    hub: Hub, login: str, permissions: dict[str, str], status: int
) -> None:
    with client_for(hub, hub.token(login, permissions=permissions)) as client:
        found, _, _ = client.requester.requestJson("GET", "/orgs/acme/teams/dba")
    assert found == status


def test_a_team_is_asked_for_a_review_and_let_go(repository: Repository, pull: int) -> None:
    asked = repository.get_pull(pull)
    asked.create_review_request(reviewers=["mia"], team_reviewers=["dba"])
    people, teams = asked.get_review_requests()
    assert [each.login for each in people] == ["mia"]
    assert [each.slug for each in teams] == ["dba"]
    assert [each.slug for each in repository.get_pull(pull).requested_teams] == ["dba"]
    asked.delete_review_request(reviewers=[], team_reviewers=["dba"])
    assert list(asked.get_review_requests()[1]) == []


def test_nobody_is_asked_when_one_cannot_be(repository: Repository, pull: int) -> None:
    asked = repository.get_pull(pull)
    with pytest.raises(GithubException, match="not a collaborator"):
        asked.create_review_request(reviewers=["mia"], team_reviewers=["nobody"])
    assert list(asked.get_review_requests()[0]) == []


def test_a_review_somebody_asked_for_is_told(hub: Hub, pull: int) -> None:
    event = hub.request_review(SHOP, pull, author="ada", reviewer="mia")
    assert event.action == "review_requested"
    assert event.payload["requested_reviewer"]["login"] == "mia"
