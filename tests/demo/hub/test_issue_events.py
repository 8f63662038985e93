"""Assignments, and commits asked for by who made them."""

from github.Repository import Repository

from bot.demo.hub import Hub
from tests.hub import SHOP


def test_assignments_are_remembered_after_they_are_taken_back(
    hub: Hub, repository: Repository, pull: int
) -> None:
    given = hub.assign(SHOP, pull, author="mia", assignee="ada")
    hub.assign(SHOP, pull, author="ada", assignee="ada", given=False)
    events = list(repository.get_issue(pull).get_events())

    assert (given.name, given.payload["action"]) == ("pull_request", "assigned")
    assert [each.event for each in events] == ["assigned", "unassigned"]
    assert [each.assigner.login for each in events] == ["mia", "ada"]
    assert repository.get_pull(pull).assignees == []


def test_who_is_assigned_is_shown(hub: Hub, repository: Repository, pull: int) -> None:
    hub.assign(SHOP, pull, author="mia", assignee="ada")
    found = repository.get_pull(pull)

    assert [each.login for each in found.assignees] == ["ada"]
    assert found.assignee.login == "ada"


def test_commits_are_found_by_login_and_by_address(hub: Hub, repository: Repository) -> None:
    hub.push(SHOP, "main", {"a": "1"}, author="mia", message="By mia")
    email = hub.state.user("mia").email

    for author in ("mia", email.upper()):
        found = repository.get_commits(author=author)
        assert [each.commit.message for each in found] == ["By mia"]
    assert list(repository.get_commits(author="nobody@home.example")) == []


def test_a_profile_shows_what_was_put_into_it(hub: Hub, repository: Repository) -> None:
    hub.state.user("mia").profile["name"] = "Mia Stone"
    _, found = repository.requester.requestJsonAndCheck("GET", "/users/mia")

    assert (found["name"], found["email"]) == ("Mia Stone", None)
